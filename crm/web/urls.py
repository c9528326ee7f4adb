"""Every page on one screen."""

from django.urls import path

from crm.web import companies, contacts, deals, gallery, home, lookups, tasks

urlpatterns = [
    path("", home.home, name="home"),
    path("theme/", home.theme, name="theme"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("lookups/<slug:what>/", lookups.lookup, name="lookup"),
    path("contacts/", contacts.contact_list, name="contacts"),
    path("contacts/new/", contacts.contact_new, name="contact_new"),
    path("contacts/<int:contact_id>/", contacts.contact, name="contact"),
    path("contacts/<int:contact_id>/assign/", contacts.contact_assign, name="contact_assign"),
    path("contacts/<int:contact_id>/archive/", contacts.contact_archive, name="contact_archive"),
    path("contacts/<int:contact_id>/restore/", contacts.contact_restore, name="contact_restore"),
    path("companies/", companies.company_list, name="companies"),
    path("companies/new/", companies.company_new, name="company_new"),
    path("companies/<int:company_id>/", companies.company, name="company"),
    path("companies/<int:company_id>/archive/", companies.company_archive, name="company_archive"),
    path("companies/<int:company_id>/restore/", companies.company_restore, name="company_restore"),
    path("deals/", deals.deal_list, name="deals"),
    path("deals/new/", deals.deal_new, name="deal_new"),
    path("deals/<int:deal_id>/", deals.deal, name="deal"),
    path("deals/<int:deal_id>/move/", deals.deal_move, name="deal_move"),
    path("deals/<int:deal_id>/assign/", deals.deal_assign, name="deal_assign"),
    path("deals/<int:deal_id>/archive/", deals.deal_archive, name="deal_archive"),
    path("deals/<int:deal_id>/restore/", deals.deal_restore, name="deal_restore"),
    path("tasks/", tasks.task_list, name="tasks"),
    path("tasks/new/", tasks.task_new, name="task_new"),
    path("tasks/<int:task_id>/", tasks.task, name="task"),
    path("tasks/<int:task_id>/complete/", tasks.task_complete, name="task_complete"),
    path("tasks/<int:task_id>/reopen/", tasks.task_reopen, name="task_reopen"),
    path("tasks/<int:task_id>/archive/", tasks.task_archive, name="task_archive"),
]
