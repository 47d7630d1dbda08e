//! What differs from one system, and from one kind of package, to another on the install page: what is put where, how it is installed,
//! checked and removed.

use serde::{Deserialize, Serialize};

use super::Lang;

/// The systems that the page knows the way on.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "lowercase")]
pub enum System {
    /// Debian, Ubuntu and what is made from them.
    Debian,
    /// Windows 10 and later.
    Windows,
}

/// The kinds of package that the product comes as.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "lowercase")]
pub enum PackageKind {
    /// The program that installs it on Windows, for whoever sits at the PC.
    Setup,
    /// Debian's.
    Deb,
    /// Windows Installer's, for administrators who roll programs out.
    Msi,
}

// === impl System, PackageKind

impl System {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Windows, Self::Debian];

    /// As it stands in a link.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Debian => "debian",
            Self::Windows => "windows",
        }
    }

    /// As people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debian => "Debian, Ubuntu",
            Self::Windows => "Windows",
        }
    }
}

impl PackageKind {
    /// All of them: what most people of a system want comes first.
    pub const ALL: [Self; 3] = [Self::Setup, Self::Deb, Self::Msi];

    /// The system that it is for.
    pub const fn system(self) -> System {
        match self {
            Self::Setup | Self::Msi => System::Windows,
            Self::Deb => System::Debian,
        }
    }

    /// As it stands in a form, and at the end of a file's name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Deb => "deb",
            Self::Msi => "msi",
        }
    }
}

/// What the other package for Windows is, beside the setup program, and its button.
pub const fn msi(lang: Lang) -> (&'static str, &'static str) {
    (
        lang.pick(
            "Paquet MSI, pour l’administrateur qui déploie les programmes",
            "MSI package, for the administrator who rolls programs out",
        ),
        lang.pick("J’accepte et je télécharge le paquet MSI", "I agree and download the MSI package"),
    )
}

/// What is installed, line by line: what it is, and where.
pub const fn parts(lang: Lang, system: System) -> [(&'static str, &'static str); 4] {
    match (lang, system) {
        (Lang::Fr, System::Windows) => [
            (
                "Deux programmes",
                "C:\\Program Files\\Aval\\aval-agent.exe et aval-agent-prompt.exe, la fenêtre qui vous pose la question",
            ),
            ("Un service", "Aval, qui démarre avec l’ordinateur et garde la liaison avec le serveur"),
            (
                "Un programme dans votre session",
                "démarré par ce service quand vous ouvrez votre session Windows, avec vos droits, pour vous demander votre accord",
            ),
            ("Un dossier", "C:\\ProgramData\\Aval\u{a0}: la clé de cet ordinateur et son journal"),
        ],
        (Lang::En, System::Windows) => [
            (
                "Two programs",
                "C:\\Program Files\\Aval\\aval-agent.exe and aval-agent-prompt.exe, the window that asks you",
            ),
            ("A service", "Aval, which starts with the computer and keeps the line to the server"),
            (
                "A program in your session",
                "started by that service when you sign in to Windows, with your rights, so that you can be asked",
            ),
            ("A folder", "C:\\ProgramData\\Aval: this computer’s key and its journal"),
        ],
        (Lang::Fr, System::Debian) => [
            (
                "Deux programmes",
                "/usr/bin/aval-agent et /usr/bin/aval-agent-prompt, la fenêtre qui vous pose la question",
            ),
            (
                "Un service",
                "aval-agent.service, qui démarre avec l’ordinateur et garde la liaison avec le serveur",
            ),
            (
                "Un démarrage automatique",
                "/etc/xdg/autostart/aval-agent-session.desktop, pour vous demander votre accord dans votre bureau",
            ),
            ("Un dossier", "/var/lib/aval-agent\u{a0}: la clé de cet ordinateur et son journal"),
        ],
        (Lang::En, System::Debian) => [
            ("Two programs", "/usr/bin/aval-agent and /usr/bin/aval-agent-prompt, the window that asks you"),
            (
                "A service",
                "aval-agent.service, which starts with the computer and keeps the line to the server",
            ),
            (
                "An automatic start",
                "/etc/xdg/autostart/aval-agent-session.desktop, so that you can be asked on your desktop",
            ),
            ("A folder", "/var/lib/aval-agent: this computer’s key and its journal"),
        ],
    }
}

/// How to remove it, and the command or the way there.
pub const fn remove_how(lang: Lang, system: System) -> (&'static str, &'static str) {
    let sentence = lang.pick(
        "Quand vous voulez, sans demander à personne\u{a0}; il ne reste rien, et votre prestataire en est informé s’il est \
         joignable\u{a0}:",
        "Whenever you like, without asking anybody; nothing is left, and your provider is told if they can be reached:",
    );
    let way = match system {
        System::Debian => "sudo apt purge aval-agent",
        System::Windows => lang.pick(
            "Paramètres > Applications > Aval – assistance à distance > Désinstaller",
            "Settings > Apps > Aval – remote assistance > Uninstall",
        ),
    };
    (sentence, way)
}

/// The title of the page after the yes.
pub const fn thanks(lang: Lang, kind: PackageKind) -> &'static str {
    match kind {
        PackageKind::Deb => {
            lang.pick("C’est noté. Il reste deux commandes.", "That is noted. Two commands are left.")
        }
        PackageKind::Setup | PackageKind::Msi => {
            lang.pick("C’est noté. Il reste un fichier à ouvrir.", "That is noted. One file is left to open.")
        }
    }
}

/// The steps: what to do before each link or command.
pub const fn steps(lang: Lang, kind: PackageKind) -> [&'static str; 4] {
    let download =
        lang.pick("Le téléchargement commence seul. Sinon\u{a0}:", "The download begins by itself. If not:");
    let then = lang.pick(
        "Un responsable valide ensuite cet ordinateur. Rien d’autre à faire\u{a0}: votre accord vous sera demandé à chaque session.",
        "A manager then approves this computer. Nothing else to do: you will be asked for your consent to each session.",
    );
    match kind {
        PackageKind::Setup => [
            download,
            lang.pick(
                "Ouvrez le fichier téléchargé et acceptez la demande de Windows. L’éditeur affiché est celui qui a signé le programme.",
                "Open the file and allow what Windows asks. The publisher shown is the one who signed the program.",
            ),
            lang.pick(
                "Rattachez cet ordinateur\u{a0}: une fenêtre vous montre à qui, et ce qui part, puis attend votre «\u{a0}oui\u{a0}». Le \
                 nom du fichier porte votre code\u{a0}; s’il est demandé, tapez-le\u{a0}:",
                "Attach this computer: a window shows you to whom, and what leaves, then waits for your “yes”. The file’s name carries \
                 your code; if it is asked for, type it:",
            ),
            then,
        ],
        PackageKind::Msi => [
            download,
            lang.pick(
                "Ouvrez le fichier téléchargé, ou déployez-le\u{a0}: en silence, il copie les programmes et ne rattache rien\u{a0}:",
                "Open the file, or roll it out: silently, it copies the programs and attaches nothing:",
            ),
            lang.pick(
                "Rattachez cet ordinateur\u{a0}: une fenêtre montre à qui, et ce qui part, puis attend le «\u{a0}oui\u{a0}» de la personne \
                 au PC. Le fichier ouvert la montre seul, et son nom porte votre code\u{a0}; après une installation silencieuse, en \
                 administrateur\u{a0}:",
                "Attach this computer: a window shows to whom, and what leaves, then waits for the “yes” of the person at the PC. The \
                 file, when opened, shows it by itself, and its name carries your code; after a silent installation, as administrator:",
            ),
            then,
        ],
        PackageKind::Deb => [
            download,
            lang.pick("Ouvrez un terminal et installez le paquet\u{a0}:", "Open a terminal and install the package:"),
            lang.pick(
                "Rattachez cet ordinateur. La commande vous montre à qui, et ce qui part, puis attend votre «\u{a0}oui\u{a0}»\u{a0}:",
                "Attach this computer. The command shows you to whom, and what leaves, then waits for your “yes”:",
            ),
            lang.pick(
                "Redémarrez l’ordinateur. Un responsable le valide ensuite. Rien d’autre à faire\u{a0}: votre accord vous sera demandé à \
                 chaque session.",
                "Restart the computer. A manager then approves it. Nothing else to do: you will be asked for your consent to each \
                 session.",
            ),
        ],
    }
}

/// How to check the download: before the command, and before what it has to show.
pub const fn check(lang: Lang) -> (&'static str, &'static str) {
    match lang {
        Lang::Fr => ("Pour vérifier le fichier, si vous le voulez\u{a0}:", "doit afficher"),
        Lang::En => ("To check the file, if you like:", "has to show"),
    }
}
