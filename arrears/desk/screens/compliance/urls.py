"""Addresses of the compliance's pages."""

from django.urls import path

from arrears.desk.screens.compliance import law_views, policy_views, views

app_name = "compliance"
urlpatterns = [
    path("", views.home, name="home"),
    path("refused/", views.refused, name="refused"),
    path("ledger/", views.verification_part, name="verification"),
    path("ledger/verify/", views.verify, name="verify"),
    path("conduct/", views.compute_conduct, name="compute-conduct"),
    path("conduct/<str:day>/", views.conduct_part, name="conduct-part"),
    path("law/", law_views.law, name="law"),
    path("law/<str:pack_id>/test/", law_views.test, name="test"),
    path("law/<str:pack_id>/<str:rule_id>/", law_views.rule, name="rule"),
    path("record/", views.record, name="record"),
    path("policy/", policy_views.policy, name="policy"),
    path("policy/propose/", policy_views.propose, name="propose"),
    path("policy/<str:digest>/", policy_views.proposal, name="proposal"),
    path("policy/<str:digest>/put-in-force/", policy_views.put_in_force, name="policy-in-force"),
]
