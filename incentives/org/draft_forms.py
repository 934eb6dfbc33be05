"""What forms with a live preview have in common."""

from django import forms

# Keys that stand for pages of their own in the addresses.
RESERVED_KEYS = frozenset({"new"})


class DraftForm(forms.BaseForm):
    """A form that is shown again while it is being filled in."""

    def forget_what_is_missing(self) -> None:
        """Drop complaints about fields that nobody has filled in yet."""
        for name, errors in list(self.errors.items()):
            kept = [error for error in errors.as_data() if error.code != "required"]
            if kept:
                self.errors[name] = self.error_class(kept)
            else:
                del self.errors[name]
