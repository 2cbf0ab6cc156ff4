from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_keep")]

    operations = [
        migrations.AddIndex(model_name="record", index=models.Index(fields=["kind", "at"], name="record_kind")),
        migrations.AddIndex(model_name="record", index=models.Index(fields=["at"], name="record_at")),
    ]
