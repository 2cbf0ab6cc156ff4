"""Addresses of the supervisor's pages."""

from django.urls import path

from arrears.desk.screens.supervisor import views

app_name = "supervisor"
urlpatterns = [
    path("", views.home, name="home"),
    path("quality/", views.quality, name="quality"),
    path("matters/", views.matters, name="matters"),
]
