"""Addresses of the strategist's pages."""

from django.urls import path

from arrears.desk.screens.strategist import views

app_name = "strategist"
urlpatterns = [
    path("", views.home, name="home"),
]
