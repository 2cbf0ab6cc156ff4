"""Addresses of the supervisor's pages."""

from django.urls import path

from arrears.desk.screens.supervisor import checks, deciding, giving, goals, views

app_name = "supervisor"
urlpatterns = [
    path("", views.home, name="home"),
    path("queue/", views.queue, name="queue"),
    path("queue/assign/", giving.assign, name="assign"),
    path("queue/assign-top/", giving.assign_top, name="assign-top"),
    path("queue/take-away/", giving.take_away, name="take-away"),
    path("hand-over/", giving.hand_over, name="hand-over"),
    path("queue/place/", giving.place, name="place"),
    path("placements/", giving.placements, name="placements"),
    path("placements/recall/", giving.recall, name="recall"),
    path("quality/", checks.quality, name="quality"),
    path("quality/draw/", checks.draw, name="draw"),
    path("quality/<int:check_id>/", checks.check, name="check"),
    path("matters/", deciding.matters, name="matters"),
    path("matters/<int:matter_id>/", deciding.matter, name="matter"),
    path("plans/", deciding.plans, name="plans"),
    path("plans/<int:plan_id>/", deciding.plan, name="plan"),
    path("write-offs/", deciding.write_offs, name="write-offs"),
    path("targets/", goals.targets, name="targets"),
]
