from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_indexes")]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["at"], name="ledger_refusal", condition=models.Q(kind="refusal")),
        ),
    ]
