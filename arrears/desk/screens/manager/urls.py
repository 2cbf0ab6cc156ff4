"""Addresses of the manager's pages."""

from django.urls import path

from arrears.desk.screens.manager import views

app_name = "manager"
urlpatterns = [
    path("", views.home, name="home"),
]
