//! What the agent says of itself as a service of Windows, and in the picture of a Windows desktop.

use super::Lang;

/// The service's name in the list of services.
pub const fn service_name(lang: Lang) -> &'static str {
    lang.pick("Aval – assistance à distance", "Aval – remote assistance")
}

/// The sentence below it there.
pub const fn service_about(lang: Lang) -> &'static str {
    lang.pick(
        "Garde la ligne avec votre prestataire. Rien n’est montré ni commandé sans l’accord de la personne devant l’écran.",
        "Keeps the line to your provider. Nothing is shown or controlled without a yes of the person at the screen.",
    )
}

/// It is registered and runs.
pub const fn service_installed(lang: Lang) -> &'static str {
    lang.pick(
        "Le service est installé et démarré. Il démarre désormais avec l’ordinateur. Pour le retirer\u{a0}: aval-agent uninstall",
        "The service is installed and started, and starts with the computer from now on. To remove it: aval-agent uninstall",
    )
}

/// It is gone.
pub const fn service_removed(lang: Lang) -> &'static str {
    lang.pick("Le service est arrêté et retiré.", "The service is stopped and removed.")
}

/// The system refuses.
pub fn service_refused(lang: Lang, why: &str) -> String {
    match lang {
        Lang::Fr => format!(
            "Windows refuse ({why}). Ouvrez l’invite de commandes en tant qu’administrateur, puis recommencez."
        ),
        Lang::En => {
            format!("Windows refuses ({why}). Open the command prompt as administrator, then try again.")
        }
    }
}

/// What to do once a Windows PC is attached.
pub const fn install_now(lang: Lang) -> &'static str {
    lang.pick(
        "Pour que le service démarre, maintenant et avec l’ordinateur\u{a0}: aval-agent install",
        "To start the service, now and with the computer: aval-agent install",
    )
}

/// In the technician's picture, in both languages: Windows shows what nobody else may see.
pub const fn secure_desktop() -> &'static str {
    "Windows affiche un écran protégé (mot de passe, UAC)\u{a0}: il n’est pas transmis. – A protected screen is up: it is not sent."
}

/// In the technician's picture, in both languages: the window in front takes no remote input.
pub const fn window_above() -> &'static str {
    "Fenêtre d’administrateur\u{a0}: souris et clavier à distance n’y arrivent pas. – An administrator’s window: remote input does not reach it."
}
