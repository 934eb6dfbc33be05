"""The forms by which people sign in and choose a password: django-allauth's, in our words.

People type the login name that they were given. A label says what a field is for; an example in the
field that only repeats it would be read out twice.
"""

from typing import TYPE_CHECKING, Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordForm
from django.utils.translation import gettext_lazy as _

from incentives import password_links

if TYPE_CHECKING:
    from django.forms import BaseForm
    from django.http import HttpRequest


def _name(form: "BaseForm", labels: dict[str, Any]) -> None:
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].widget.attrs.pop("placeholder", None)


class SignInForm(LoginForm):
    """Login name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = {
            "login": _("Login name"),
            "password": _("Password"),
            "remember": _("Stay signed in"),
        }
        _name(self, named)


class OwnPasswordForm(ChangePasswordForm):
    """The old password and, twice, the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = {
            "oldpassword": _("Current password"),
            "password1": _("New password"),
            "password2": _("New password again"),
        }
        _name(self, named)


class ForgottenPasswordForm(ResetPasswordForm):
    """Where the link goes to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, {"email": _("E-mail")})

    def clean_email(self) -> str:
        """What was typed; whether it belongs to anyone is for a worker to find out."""
        return str(self.cleaned_data["email"])

    def save(self, request: "HttpRequest", **_kwargs: Any) -> str:
        """Have the link sent, if the address is somebody's confirmed one."""
        address: str = self.cleaned_data["email"]
        password_links.ask(request, address)
        return address
