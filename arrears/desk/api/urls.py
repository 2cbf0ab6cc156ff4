"""Addresses of the API."""

from django.urls import path, re_path

from arrears.desk.api.service import api, nowhere

urlpatterns = [path("v1/", api.urls), re_path(r"", nowhere)]
