"""What we say in English about the ways into an account."""

from marketplace.notifications.texts import Words

SIGN_IN: dict[str, Words] = {
    "invitation": Words(
        "You are invited to ZetuTech's console",
        "{who} has added you to the people who work at ZetuTech's console. Choose your "
        "password here:\n\n{link}\n\nThe link works once, within {hours} hours. Nobody else "
        "knows your password. Afterwards you set up a second step of signing in: a "
        "passkey or an app on your phone.",
        "",
    ),
    "password_link": Words(
        "Choose a new password",
        "Somebody, probably you, asked for a new password for the console. Choose it "
        "here:\n\n{link}\n\nThe link works once, within {minutes} minutes. If it was not "
        "you, do nothing: your password stays as it is.",
        "",
    ),
    "password_changed": Words(
        "Your password was changed",
        "The password of your account was changed just now, and everything that was "
        "open elsewhere has ended. If it was not you, have a new link sent to you at "
        "once on the sign-in page, and tell an administrator.",
        "",
    ),
    "passkey_added": Words(
        "A passkey was added to your account",
        "The passkey “{passkey}” opens the console in your name from now on. If it was "
        "not you, remove it under “Two-step sign-in” at once and tell an administrator.",
        "",
    ),
    "passkey_removed": Words(
        "A passkey was removed from your account",
        "The passkey “{passkey}” does not open the console any more, and your other "
        "sessions have ended. If it was not you, tell an administrator at once.",
        "",
    ),
    "passkey_stopped": Words(
        "Your passkey was stopped",
        "The counter of your passkey “{passkey}” went back, which happens where there "
        "is a copy of it. It opens nothing any more. Remove it, add a new one, end the "
        "sessions that you do not know, and tell an administrator.",
        "",
    ),
    "second_step_removed": Words(
        "Your two-step sign-in was removed",
        "{who} removed the second step of your sign-in: app, passkeys and recovery "
        "codes.\n\nReason: {reason}\n\nIf you do not know why, tell an administrator at "
        "once.",
        "",
    ),
    "wrong_codes": Words(
        "Wrong codes for your account",
        "{count} wrong codes were given for your account within a quarter of an hour. "
        "Whoever gave them knows your password or sits at a computer where you are "
        "signed in. If it was not you, change your password and end the sessions that "
        "you do not know.",
        "",
    ),
    "colleague_passkey_stopped": Words(
        "Alarm: a passkey of {person} was stopped",
        "The counter of the passkey “{passkey}” of {person} went back, which happens "
        "where there is a copy of it. It opens nothing any more. Ask {person}; if in "
        "doubt, end all sessions and remove the two-step sign-in on their page.",
        "",
    ),
    "roles_requested": Words(
        "{who} asks for roles for {person}",
        "{who} asks that {person} have these roles: {roles}.\n\nReason: {reason}\n\nIt "
        "waits for a second person:\n{link}",
        "",
    ),
}
