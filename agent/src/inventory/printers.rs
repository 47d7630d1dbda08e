//! Printers by what CUPS says of its queues: its own table (`printers.conf`), or `lpstat -v` where that is for root.
//!
//! The address of a printer names other machines of the client's network and is not kept; what its URI says of the cable and of
//! the serial number is.

use aval_protocol::wire::inventory::items::Printer;
use aval_protocol::wire::inventory::{List, PrinterPort, Serial, Text, Uuid};

/// Back ends that make files, faxes or nothing.
const NO_PRINTER: &[&str] = &["cups-pdf", "cupsfax", "fax", "file", "hpfax", "pdf", "vpdf"];

/// By CUPS' table (printers.conf(5)).
pub fn table(text: &str) -> List<Printer> {
    let mut found = Vec::new();
    let mut queue: Option<Queue<'_>> = None;
    for line in text.lines().map(str::trim) {
        let begun = line.strip_prefix("<Printer ").or_else(|| line.strip_prefix("<DefaultPrinter "));
        if let Some(name) = begun.and_then(|rest| rest.strip_suffix('>')) {
            queue = Some(Queue { name, ..Queue::default() });
        } else if line.starts_with("</") {
            found.extend(queue.take().and_then(|queue| queue.printer()));
        } else if let (Some(queue), Some((key, value))) = (&mut queue, line.split_once(' ')) {
            match key {
                "MakeModel" => queue.model = value.trim(),
                "DeviceURI" => queue.uri = value.trim(),
                _ => {}
            }
        }
    }
    List::of(found)
}

/// By `lpstat -v` in the C locale: `device for NAME: URI`.
pub fn lpstat(text: &str) -> List<Printer> {
    let queue = |line| {
        let (name, uri) = str::strip_prefix(line, "device for ")?.split_once(": ")?;
        Queue { name, uri: uri.trim(), model: "" }.printer()
    };
    List::of(text.lines().filter_map(queue))
}

#[derive(Default)]
struct Queue<'a> {
    name: &'a str,
    model: &'a str,
    uri: &'a str,
}

// === impl Queue

impl Queue<'_> {
    /// `None` for a queue that no printer stands behind.
    fn printer(&self) -> Option<Printer> {
        let uri = within(self.uri);
        let port = port(uri)?;
        let value = |key| query(uri, key);
        Some(Printer {
            name: Text::new(self.name)?,
            model: Text::name(self.model).or_else(|| model(uri)),
            port,
            serial: Serial::new(&value("serial").unwrap_or_default()),
            uuid: value("uuid").and_then(|text| uuid(&text)),
        })
    }
}

/// What a back end that wraps another one (`beh:/1/3/5/socket://…`) passes on to.
fn within(uri: &str) -> &str {
    let wrapped =
        uri.strip_prefix("beh:").and_then(|rest| rest.trim_start_matches('/').splitn(4, '/').nth(3));
    wrapped.unwrap_or(uri)
}

/// How a printer with this URI is reached; `None` for what is no printer.
fn port(uri: &str) -> Option<PrinterPort> {
    let (scheme, rest) = uri.split_once(':')?;
    let path = rest.trim_start_matches('/').split_once('/').map_or("", |(_, path)| path);
    if NO_PRINTER.contains(&scheme) || rest.starts_with("/dev/null") {
        return None;
    }
    Some(match scheme {
        "usb" => PrinterPort::Usb,
        "hp" if rest.starts_with("/usb/") => PrinterPort::Usb,
        // A queue of another CUPS or of Windows; cups-browsed makes its queues of such.
        "smb" | "implicitclass" => PrinterPort::Shared,
        "ipp" | "ipps" | "http" | "https"
            if path.starts_with("printers/") || path.starts_with("classes/") =>
        {
            PrinterPort::Shared
        }
        "dnssd" | "hp" | "http" | "https" | "ipp" | "ipps" | "lpd" | "mdns" | "snmp" | "socket" => {
            PrinterPort::Network
        }
        _ => PrinterPort::Other,
    })
}

/// `usb://HP/LaserJet%20Pro?serial=…`, `hp:/usb/HP_LaserJet_Pro?serial=…`
fn model(uri: &str) -> Option<Text> {
    let (scheme, rest) = uri.split_once(':')?;
    let path = rest.split('?').next()?.trim_start_matches('/');
    let named = match scheme {
        "usb" => path.replacen('/', " ", 1),
        "hp" => path.split_once('/')?.1.replace('_', " "),
        _ => return None,
    };
    Text::name(&decoded(&named))
}

fn query(uri: &str, key: &str) -> Option<String> {
    let pairs = uri.split_once('?')?.1.split('&');
    pairs
        .filter_map(|pair| pair.split_once('='))
        .find(|(found, _)| *found == key)
        .map(|(_, value)| decoded(value))
}

/// Undoes the %xx of RFC 3986.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match hex.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn uuid(text: &str) -> Option<Uuid> {
    let hex: String = text.chars().filter(|c| *c != '-').collect();
    let number = u128::from_str_radix(&hex, 16).ok().filter(|_| hex.len() == 32)?;
    let bytes = number.to_be_bytes();
    aval_protocol::wire::inventory::junk::uuid(bytes).is_none().then_some(Uuid(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// In the form of printers.conf(5); printers, names and addresses are made up.
    const TABLE: &str = "# Printer configuration file for CUPS v2.4.2\nNextPrinterId 7\n\
        <DefaultPrinter Accueil>\nPrinterId 1\nUUID urn:uuid:00000000-1111-2222-3333-444444444444\nAuthInfoRequired none\n\
        Info Accueil\nLocation Bureau de Mme Leroy\nMakeModel HP LaserJet Pro M404-M405, driverless, 2.1.1\n\
        DeviceURI dnssd://HP%20LaserJet%20Pro._ipp._tcp.local/?uuid=1c852a4d-b800-1f08-abcd-e4e7498ab2c1\nState Idle\n\
        </DefaultPrinter>\n\
        <Printer Atelier>\nDeviceURI usb://Brother/HL-L2350DW%20series?serial=E78096A1N123456\n</Printer>\n\
        <Printer Multifonction>\nMakeModel HP OfficeJet, hpcups\nDeviceURI hp:/usb/HP_OfficeJet_8010?serial=TH0CS2K0XX\n</Printer>\n\
        <Printer Vieille>\nDeviceURI beh:/1/3/5/socket://192.0.2.7:9100\nMakeModel Local Raw Printer\n</Printer>\n\
        <Printer Comptoir>\nDeviceURI ipp://serveur.example:631/printers/Comptoir\n</Printer>\n\
        <Printer Windows>\nDeviceURI smb://serveur/HP\n</Printer>\n\
        <Printer PDF>\nMakeModel Generic CUPS-PDF Printer\nDeviceURI cups-pdf:/\n</Printer>\n\
        <Printer Fax>\nDeviceURI hpfax:/usb/HP_OfficeJet_8010?serial=TH0CS2K0XX\n</Printer>\n\
        <Printer Rien>\nDeviceURI file:///dev/null\n</Printer>\n";

    #[test]
    fn printers_are_listed_by_their_cable_and_what_makes_files_is_not() {
        let found = table(TABLE);
        let shown: Vec<_> = found.iter().map(|p| (p.name.as_str(), p.port, p.serial.good())).collect();
        assert_eq!(
            shown,
            [
                ("Accueil", PrinterPort::Network, None),
                ("Atelier", PrinterPort::Usb, Some("E78096A1N123456")),
                ("Comptoir", PrinterPort::Shared, None),
                ("Multifonction", PrinterPort::Usb, Some("TH0CS2K0XX")),
                ("Vieille", PrinterPort::Network, None),
                ("Windows", PrinterPort::Shared, None),
            ]
        );
        assert_eq!(found[0].uuid.unwrap().to_string(), "1c852a4d-b800-1f08-abcd-e4e7498ab2c1");
        assert_eq!(found[0].model.as_ref().unwrap().as_str(), "HP LaserJet Pro M404-M405, driverless, 2.1.1");
        assert_eq!(found[1].model.as_ref().unwrap().as_str(), "Brother HL-L2350DW series");
        let told = format!("{found:?}");
        for never in ["Leroy", "192.0.2.7", "serveur"] {
            assert!(!told.contains(never), "{told}");
        }
    }

    #[test]
    fn lpstat_says_the_same_of_who_may_not_read_the_table() {
        let found = lpstat(
            "device for Atelier: usb://Brother/HL-L2350DW%20series?serial=E78096A1N123456\n\
             device for PDF: cups-pdf:/\nlpstat: odd line\ndevice for Photo: serial:/dev/ttyS0?baud=9600\n",
        );
        let shown: Vec<_> = found.iter().map(|p| (p.name.as_str(), p.port)).collect();
        assert_eq!(shown, [("Atelier", PrinterPort::Usb), ("Photo", PrinterPort::Other)]);
        assert_eq!(lpstat("lpstat: No destinations added.\n").len(), 0);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, uri in "[a-z:/?=&%0-9]{0,40}") {
            let _ = (table(&text), lpstat(&text));
            table(&format!("<Printer x>\nDeviceURI {uri}\n</Printer>"));
        }
    }
}
