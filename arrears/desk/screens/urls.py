"""Every address of the desk."""

from __future__ import annotations

from django.urls import include, path

from arrears.desk.screens import approving, reporting, signing_in

urlpatterns = [
    path("", signing_in.home, name="home"),
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("second-factor/", signing_in.second_factor, name="second-factor"),
    path("new-password/", signing_in.new_password, name="new-password"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("language/", signing_in.language, name="language"),
    path("approvals/", approving.approvals, name="approvals"),
    path("approvals/<int:approval_id>/", approving.decided, name="approval"),
    path("report/<str:day>/", reporting.report, name="report"),
    path("work/", include("arrears.desk.screens.collector.urls")),
    path("supervision/", include("arrears.desk.screens.supervisor.urls")),
    path("strategy/", include("arrears.desk.screens.strategist.urls")),
    path("compliance/", include("arrears.desk.screens.compliance.urls")),
    path("figures/", include("arrears.desk.screens.manager.urls")),
    path("administration/", include("arrears.desk.screens.administrator.urls")),
    path("api/", include("arrears.desk.api.urls")),
]
handler403 = "arrears.desk.screens.errors.forbidden"
handler404 = "arrears.desk.screens.errors.not_found"
handler500 = "arrears.desk.screens.errors.failed"
