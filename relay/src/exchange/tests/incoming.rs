//! Files from elsewhere: of a person's spreadsheet, of GLPI, hostile ones. All of them synthesised; those of GLPI after the form that
//! its CSV export and its agent's JSON have (glpi-project/glpi `Search/Output/Csv.php`, glpi-project/inventory_format).

use super::*;
use crate::coverage::amend::Amendment;

const SYNTHETIC_GLPI_JSON: &str = r#"{
  "deviceid": "PC-COMPTA-2026-03-01-09-00-00", "itemtype": "Computer", "action": "inventory",
  "content": {
    "versionclient": "GLPI-Agent_v1.11",
    "hardware": { "name": "PC-COMPTA", "chassis_type": "Desktop", "uuid": "4C4C4544-0042-3110-8056-B4C04F4A4D32" },
    "bios": { "smanufacturer": "Dell Inc.", "smodel": "OptiPlex 7090", "ssn": "7B1VJM2" },
    "monitors": [
      { "caption": "DELL P2419H", "manufacturer": "Dell Inc.", "serial": "8a4c3f21", "altserial": "CN0X1Y2Z3A" },
      { "caption": "Generic", "manufacturer": "AUO", "serial": "00000000" }
    ]
  }
}"#;

fn faults(plan: &Plan, at: usize) -> &[RowFault] {
    match plan.lines.iter().find(|(line, _)| *line == at) {
        Some((_, Fate::Refused(faults))) => faults,
        other => panic!("{other:?}"),
    }
}

fn changes(plan: &Plan) -> &[Amendment] {
    plan.amendments().unwrap_or_else(|blocked| panic!("{blocked:?}: {:?}", plan.lines))
}

#[test]
fn equipment_without_an_agent_comes_by_hand() {
    let file = "Désignation;Catégorie;N° de série;SIRET;Couvert du;Couvert jusqu’au\r\n\
        Imprimante \"Compta\";imprimante;VNB3K12345;732 829 320 00074;12/03/2026;\r\n\
        ;;;;;\r\n\
        \"Borne Wi-Fi\r\nétage 2\";réseau;;;2026-03-12;31/12/2026\r\n";
    for bytes in [file.as_bytes().to_vec(), windows(file), [b"\xef\xbb\xbf", file.as_bytes()].concat()] {
        let plan = planned(Some(&office()), &bytes);
        let [Amendment::Add(printer), Amendment::Add(access), Amendment::End { no: 5, on }] = changes(&plan)
        else {
            panic!("{plan:?}")
        };
        assert_eq!(plan.lines.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(printer.says.label.as_str(), "Imprimante \"Compta\"");
        assert_eq!(printer.says.site, Some(text("73282932000074")));
        assert_eq!((access.says.label.as_str(), access.from), ("Borne Wi-Fi étage 2", day("2026-03-12")));
        // The last day covered is the day before the first that is not.
        assert_eq!(*on, day("2027-01-01"));
        assert_eq!(plan.unnamed, [1, 2]);
    }
}

/// As a French spreadsheet saves what it calls CSV.
fn windows(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        '’' => 0x92,
        c => u8::try_from(u32::from(c)).unwrap(),
    };
    text.chars().map(byte).collect()
}

#[test]
fn separators_and_a_line_that_names_one() {
    for file in [
        "label,kind,serial\nPC 7,computer,A1B2\n",
        "label\tkind\nPC 7\tpc\n",
        "sep=,\r\nkind,label\r\nlaptop,PC 7\r\n",
    ] {
        let plan = planned(None, file.as_bytes());
        assert!(
            matches!(&plan.lines[..], [(_, Fate::New(1, label))] if label.as_str() == "PC 7"),
            "{file}: {plan:?}"
        );
    }
    assert_eq!(planned(None, b"sep=;\nkind;label\nfax;x\n").lines[0].0, 3);
}

#[test]
fn lines_that_are_there_change_by_number_serial_or_label() {
    let mut office = office();
    office.lines.push(line(4, EquipmentKind::Screen, "Écran atelier", ""));
    let file = "n°;type;libellé;série;classe;plus couvert à partir du\n\
        1;;Dell, accueil;;poste+;\n\
        ;serveur;;00123456;serveur;\n\
        ;écran;Écran atelier;SCR778;;01/05/2026\n";
    let plan = planned(Some(&office), file.as_bytes());
    assert_eq!(
        plan.told().map(|said| said.fr).collect::<Vec<_>>(),
        [
            "Ligne 2\u{a0}: change la ligne n°\u{a0}1\u{a0}: libellé Dell OptiPlex 7090, accueil → Dell, accueil, \
             classe de prix poste → poste+.",
            "Ligne 3\u{a0}: change la ligne n°\u{a0}2\u{a0}: classe de prix poste → serveur.",
            "Ligne 4\u{a0}: change la ligne n°\u{a0}4\u{a0}: numéro de série – → SCR778, \
             plus couvert à partir du – → 01/05/2026.",
        ]
    );
    let next = amend(&contract(), Some(&office), day("2026-04-01"), changes(&plan)).unwrap();
    assert_eq!((next.lines[3].serial.raw(), next.lines[3].until), (Some("SCR778"), Some(day("2026-05-01"))));
    assert_eq!(next.lines.len(), 4);
    // The same file once more changes nothing, but for the line that has ended since.
    let file: String = file.lines().take(3).map(|line| format!("{line}\n")).collect();
    let plan = planned(Some(&next), file.as_bytes());
    assert!(plan.lines.iter().all(|(_, fate)| matches!(fate, Fate::Same(_))), "{plan:?}");
}

#[test]
fn one_bad_line_and_nothing_is_taken() {
    let file = "n°;type;libellé;série;siret;couvert à partir du;plus couvert à partir du\n\
        ;pc;PC bon;AA11;;;\n\
        ;fax;PC 2;AA12;73282932000075;30/02/2026;\n\
        ;pc;PC 3;AA11;;;\n\
        9;;;;;;\n\
        3;;;X1;;;\n\
        1;serveur;;123456;;2026-02-01;2025-01-01\n\
        ;pc;PC 8;PF1X2Y3Z;;;\n\
        2;;;123456;7,32829E+13;;\n\
        ;pc;=cmd|'/c calc'!A1;;;;\n\
        ;pc;PC\u{202e}11;;;;\n\
        ;pc;a;b;;;;h\n\
        ;pc;\"PC\"13;;;;\n\
        ;;;;;01/01/2026;\n";
    let plan = planned(Some(&office()), file.as_bytes());
    let is = |at, wanted: &[RowFault]| assert_eq!(faults(&plan, at), wanted, "line {at}");
    assert!(matches!(&plan.lines[0], (2, Fate::New(4, _))));
    is(3, &[RowFault::NoKind("fax".into()), RowFault::NoDay(Column::From, "30/02/2026".into())]);
    is(4, &[RowFault::TwiceInFile("AA11".into(), 2)]);
    is(5, &[RowFault::NoLine(9)]);
    is(6, &[RowFault::Ended(3)]);
    is(7, &[RowFault::Fixed(1, Column::Kind), RowFault::Fixed(1, Column::From), RowFault::EndsBefore]);
    is(8, &[RowFault::SameLine(1, 7)]);
    is(
        9,
        &[
            RowFault::Spoilt(Column::Site, "7,32829E+13".into()),
            RowFault::Spoilt(Column::Serial, "123456".into()),
        ],
    );
    is(10, &[RowFault::Formula(Column::Label, "=cmd|'/c calc'!A1".into())]);
    is(11, &[RowFault::Hidden(Column::Label)]);
    is(12, &[RowFault::Cells(8, 7)]);
    is(13, &[RowFault::Quote]);
    is(14, &[RowFault::Missing(Column::Kind), RowFault::Missing(Column::Label)]);
    assert_eq!(plan.amendments(), Err(&Blocked::Lines(12)));
    assert!(plan.told().all(|said| said.fr.starts_with("Ligne ") && said.en.starts_with("Line ")));
}

#[test]
fn what_has_left_makes_room_for_what_comes() {
    let file = "n°;type;libellé;série;plus couvert à partir du\n;pc;Dell OptiPlex 7090, accueil;;\n1;;;;2026-04-01\n";
    let plan = planned(Some(&office()), file.as_bytes());
    assert!(matches!(changes(&plan), [Amendment::End { no: 1, .. }, Amendment::Add(_)]), "{plan:?}");
    let twice = "type;libellé;série;identifiant\npc;A;;ABABABABABABABABABABABABABABABAB\npc;B;;abababababababababababababababab\n";
    assert_eq!(faults(&planned(Some(&office()), twice.as_bytes()), 3), [RowFault::SameLine(2, 2)]);
    let both = planned(None, twice.as_bytes());
    assert_eq!(both.amendments(), Err(&Blocked::List(BadAmendment::Twice("A".into(), 1))));
}

#[test]
fn a_list_of_computers_from_glpi() {
    let file = "\"Nom\";\"Entité\";\"Statut\";\"Fabricant\";\"Numéro de série\";\"Type\";\"Modèle\";\"Dernière modification\";\"Lieu\";\r\n\
        \"PC-ACCUEIL\";\"Siège\";\"En service\";\"Dell Inc.\";\"PF1X2Y3Z\";\"Portable\";\"OptiPlex 7090\";\"2026-03-02 08:11\";\"RDC\";\r\n\
        \"SRV-01\";\"Siège\";\"En service\";\"HPE\";\"CZJ91203AB\";\"Serveur\";\"HPE ProLiant DL360\";\"2026-03-02 08:12\";\"\";\r\n\
        \"VM-7\";\"Siège\";\"\";\"\";\"\";\"KVM\";\"\";\"2026-03-02 08:12\";\"\";\r\n";
    let plan = planned(Some(&office()), file.as_bytes());
    // A person's label of a line that is there stays.
    assert_eq!(plan.lines[0], (2, Fate::Same(1)));
    let [Amendment::Add(server), Amendment::Add(guest)] = changes(&plan) else { panic!("{plan:?}") };
    assert_eq!(
        (server.kind, server.says.label.as_str()),
        (EquipmentKind::Server, "HPE ProLiant DL360, SRV-01")
    );
    assert_eq!((guest.kind, guest.says.label.as_str()), (EquipmentKind::Computer, "VM-7"));
    assert_eq!(plan.ignored, ["Statut", "Lieu"]);
}

#[test]
fn one_machine_from_glpi() {
    let plan = planned(Some(&office()), SYNTHETIC_GLPI_JSON.as_bytes());
    let [Amendment::Add(machine), Amendment::Add(screen)] = changes(&plan) else { panic!("{plan:?}") };
    assert_eq!(machine.says.label.as_str(), "Dell Inc. OptiPlex 7090, PC-COMPTA");
    assert_eq!(machine.says.serial.raw(), Some("7B1VJM2"));
    assert_eq!((screen.kind, screen.says.serial.raw()), (EquipmentKind::Screen, Some("CN0X1Y2Z3A")));
    let printer = r#"{ "itemtype": "Printer", "deviceid": "x", "content": { "versionclient": "x",
        "network_device": { "type": "Printer", "model": "HP LaserJet M507", "manufacturer": "Hewlett-Packard", "serial": "PH1" } } }"#;
    let plan = planned(None, printer.as_bytes());
    assert!(
        matches!(changes(&plan), [Amendment::Add(new)] if new.kind == EquipmentKind::Printer),
        "{plan:?}"
    );
    for none in ["{}", "{\"content\":{}}", "{\"content\":[]}", "{"] {
        assert_eq!(read(none.as_bytes()), Err(FileFault::NoInventory), "{none}");
    }
}

#[test]
fn what_is_no_list_is_said_as_a_whole() {
    let is = |bytes: &[u8], fault| assert_eq!(read(bytes), Err(fault));
    is(b"", FileFault::Empty);
    is(b"\xef\xbb\xbf \r\n", FileFault::Empty);
    is(b"PK\x03\x04....", FileFault::NoText);
    is(b"type;lib\x00", FileFault::NoText);
    is(b"type;\x81", FileFault::NoText);
    is(b"\xff\xfet\0", FileFault::Utf16);
    is("couleur;poids\nrouge;3\n".as_bytes(), FileFault::Header);
    is("type;libellé\npc;\"ouvert\nsuite\n".as_bytes(), FileFault::OpenQuote(2));
    is("type;libellé;nom\n".as_bytes(), FileFault::Twice(Column::Label));
    is(&vec![b'a'; 4 * 1024 * 1024 + 1], FileFault::Big(4 * 1024 * 1024));
    let many: String = (0..=2000).map(|n| format!("pc;PC {n}\n")).collect();
    is(format!("type;libellé\n{many}").as_bytes(), FileFault::Many(2000));
    let long = format!("type;libellé\npc;{}\npc;PC\n", "x".repeat(1024 * 1024));
    let plan = planned(None, long.as_bytes());
    assert_eq!(faults(&plan, 2), [RowFault::Longer(16 * 1024)]);
    assert!(matches!(plan.lines[1], (3, Fate::New(1, _))));
    let wide = format!("type;libellé\npc;{}\n", "é".repeat(81));
    assert_eq!(faults(&planned(None, wide.as_bytes()), 2), [RowFault::TooLong(Column::Label, 80)]);
}
