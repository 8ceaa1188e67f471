from django import template

register = template.Library()


@register.filter
def as_rows(rows, link):
    """Give `casework.details.Row`s the shape the summary list takes; with a link each row can be changed."""
    return [{"key": row.label, "value": row.value, "change": f"{link}#id_{row.field}" if link else ""} for row in rows]
