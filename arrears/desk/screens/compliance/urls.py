"""Addresses of the compliance's pages."""

from django.urls import path

from arrears.desk.screens.compliance import views

app_name = "compliance"
urlpatterns = [
    path("", views.home, name="home"),
    path("law/", views.law, name="law"),
    path("record/", views.record, name="record"),
]
