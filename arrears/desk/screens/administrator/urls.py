"""Addresses of the administrator's pages."""

from django.urls import path

from arrears.desk.screens.administrator import views, webhooks

app_name = "administrator"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.new, name="new"),
    path("user/<str:username>/", views.user, name="user"),
    path("user/<str:username>/roles/", views.roles, name="roles"),
    path("user/<str:username>/act/", views.act, name="act"),
    path("requests/", views.requests, name="requests"),
    path("requests/<int:approval_id>/", views.carry_out, name="carry-out"),
    path("tokens/", views.tokens, name="tokens"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
]
