from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.AddField(
            "notice",
            "send_from",
            models.DateTimeField(null=True, verbose_name="the moment it may be sent from"),
        ),
        # What is there already could be sent when it was queued.
        migrations.RunSQL("UPDATE notifications_notice SET send_from = queued_at", migrations.RunSQL.noop),
        migrations.AlterField(
            "notice", "send_from", models.DateTimeField(verbose_name="the moment it may be sent from")
        ),
    ]
