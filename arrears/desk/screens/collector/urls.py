"""Addresses of the collector's pages."""

from django.urls import path

from arrears.desk.screens.collector import acts, agreeing, views

app_name = "collector"
urlpatterns = [
    path("", views.next_, name="next"),
    path("visits/", views.visits, name="visits"),
    path("find/", views.find, name="find"),
    path("take/", acts.take, name="take"),
    path("case/<str:customer_id>/", views.case, name="case"),
    path("case/<str:customer_id>/quote/", views.quoted, name="quote"),
    path("case/<str:customer_id>/timeline/", views.timeline, name="timeline"),
    path("case/<str:customer_id>/reveal/", acts.reveal, name="reveal"),
    path("case/<str:customer_id>/contact/", acts.contact, name="contact"),
    path("case/<str:customer_id>/outcome/", acts.outcome, name="outcome"),
    path("case/<str:customer_id>/inbound/", acts.inbound, name="inbound"),
    path("case/<str:customer_id>/call-back/", acts.call_back, name="call-back"),
    path("case/<str:customer_id>/reason/", agreeing.reason, name="reason"),
    path("case/<str:customer_id>/promise/", agreeing.promise, name="promise"),
    path("case/<str:customer_id>/plan/", agreeing.plan, name="plan"),
    path("case/<str:customer_id>/plan/<int:plan_id>/", agreeing.plan_answered, name="plan-answered"),
    path("case/<str:customer_id>/matter/", agreeing.matter, name="matter"),
    path("case/<str:customer_id>/document/", agreeing.document, name="document"),
    path("case/<str:customer_id>/document/<int:document_id>/", views.document, name="document-read"),
    path("case/<str:customer_id>/task/", agreeing.task, name="task"),
    path("case/<str:customer_id>/state/", agreeing.state, name="state"),
]
