"""The columns of a list that we know, under the names that other systems give them."""

from collections.abc import Mapping

_COLUMNS = {  # our name -> how others write it, lower case, letters only; the best first
    "email": (
        *("email", "emailaddress", "emails", "mail", "mailaddress", "subscriberemail"),
        *("邮箱", "邮箱地址", "电子邮箱", "电子邮件", "邮件", "邮件地址"),
        *("correoelectrónico", "correoelectronico", "indirizzoemail", "emailadres", "mailadres"),
        *("emailadresse", "mailadresse", "epostadress", "epostadresse", "epostaadresi"),
        *("adresseemail", "adressemail", "adresseélectronique", "endereçodeemail", "adresemail"),
        *("sähköpostiosoite", "emailcím", "adresădeemail", "địachỉemail", "alamatemail", "surel"),
        *("メールアドレス", "メール", "이메일", "이메일주소", "電子郵件", "電子信箱", "电邮"),
        *("почта", "электроннаяпочта", "адресэлектроннойпочты", "електроннапошта", "имейл"),
        *("البريدالإلكتروني", "بريدإلكتروني", "דואל", "אימייל", "ایمیل", "ईमल", "อเมล"),
        *("ηλεκτρονικήδιεύθυνση", "groupemail", "emailpreferred"),
        *("eposta", "epost", "sähköposti", "courriel", "correo", "address", "subscriber"),
    ),
    "newsletters": ("newsletters", "newsletter", "lists", "list"),
    "detail": ("detail",),
    "language": ("language", "lang", "locale", "语言"),
    "paused": ("paused",),
    "rhythm": ("rhythm",),
    "left_out": ("leftout",),
    "consent": ("consent",),
    "interests": ("interests",),
    "confirmed": ("confirmed", "confirmedat", "confirmtime", "optintime"),
}
_LOOKED_AT_TWICE = {
    "confirmed",
    "consent",
    "newsletters",
    "paused",
    "rhythm",
}  # they can say no as well


def other_columns(header: list[str], places: Mapping[str, int]) -> list[tuple[str, int]]:
    """The other columns, which may hold a no, under names that are made unique."""
    used = {at for name, at in places.items() if name not in _LOOKED_AT_TWICE}
    names: dict[str, int] = {}
    for place, cell in enumerate(header):
        name = cell.strip() or f"column {place + 1}"
        if place not in used:
            names[f"{name} ({place + 1})" if name in names else name] = place
    return list(names.items())


def is_known_column(name: str) -> bool:
    """Whether it is one of ours, under whichever name."""
    return bool(column_indexes([name], None))


def column_indexes(header: list[str], column: str | None) -> dict[str, int]:
    """Where the columns that we know stand."""
    plain = ["".join(filter(str.isalpha, cell)).lower() for cell in header]
    content = {}
    for name, aliases in _COLUMNS.items():
        place = next((plain.index(alias) for alias in aliases if alias in plain), None)
        if place is not None:
            content[name] = place
    if column is not None:
        content.pop("email", None)
        wanted = column.strip().lower()
        for place, cell in enumerate(header):
            if cell.strip().lower() == wanted:
                content["email"] = place
    return content
