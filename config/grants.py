"""What the application's role may do to which table. Only the owner can change this, or a table."""

from django.apps import apps
from django.db import transaction

# What was done is added to and never rewritten: neither UPDATE nor DELETE, and TRUNCATE for nobody but the owner.
APPEND_ONLY_APP = "trail"


def grant(connection, role):
    """This will give `role` the rights over rows that the application needs, and take away every other."""
    name = connection.ops.quote_name
    # In one transaction: processes that run meanwhile never find themselves without rights.
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name(role)}")
        cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM {name(role)}, PUBLIC")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name(role)}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name(role)}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name(role)}")
        for table in sorted(append_only_tables() & set(connection.introspection.table_names(cursor))):
            cursor.execute(f"REVOKE UPDATE, DELETE ON {name(table)} FROM {name(role)}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {name(role)}")


def append_only_tables():
    """This will return the tables of the trail, and every table of earlier values (simple-history's)."""
    return {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label == APPEND_ONLY_APP or hasattr(model, "history_object")
    }
