from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("work", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="DayCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey("day", "segment", blank=True, editable=False, primary_key=True, serialize=False),
                ),
                ("day", models.DateField()),
                ("segment", models.TextField()),
                ("attempts_n", models.BigIntegerField()),
                ("right_party_n", models.BigIntegerField()),
                ("promises_n", models.BigIntegerField()),
            ],
            options={"db_table": "day_count"},
        ),
        migrations.AddField("qualitycheck", "drawn_by", models.TextField(db_default="", default="")),
        migrations.AddField("qualitycheck", "seed", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddIndex("qualitycheck", models.Index(fields=["checked_at"], name="quality_checked")),
        migrations.AddIndex(
            "qualitycheck",
            models.Index(fields=["check_id"], name="quality_waiting", condition=models.Q(("checked_at", None))),
        ),
    ]
