"""Addresses of the strategist's pages."""

from django.urls import path

from arrears.desk.screens.strategist import candidates, views

app_name = "strategist"
urlpatterns = [
    path("", views.home, name="home"),
    path("compare/", views.compare, name="compare"),
    path("submit/", candidates.submit, name="submit"),
    path("candidates/<str:digest>/", candidates.candidate, name="candidate"),
    path("candidates/<str:digest>/put-in-force/", candidates.put_in_force, name="put-in-force"),
]
