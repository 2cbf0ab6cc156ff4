"""Addresses of the collector's pages."""

from django.urls import path

from arrears.desk.screens.collector import views

app_name = "collector"
urlpatterns = [
    path("", views.next_, name="next"),
    path("visits/", views.visits, name="visits"),
    path("find/", views.find, name="find"),
]
