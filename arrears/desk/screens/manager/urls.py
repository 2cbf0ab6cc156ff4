"""Addresses of the manager's pages."""

from django.urls import path

from arrears.desk.screens.manager import views

app_name = "manager"
urlpatterns = [
    path("", views.home, name="home"),
    path("rolls/", views.rolled, name="rolls"),
    path("work/", views.work, name="work"),
    path("work/behind/", views.work_behind, name="behind"),
    path("arms/", views.arms, name="arms"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts.csv", views.accounts_csv, name="accounts-csv"),
]
