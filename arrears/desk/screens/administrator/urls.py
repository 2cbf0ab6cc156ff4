"""Addresses of the administrator's pages."""

from django.urls import path

from arrears.desk.screens.administrator import views

app_name = "administrator"
urlpatterns = [
    path("", views.home, name="home"),
    path("tokens/", views.tokens, name="tokens"),
]
