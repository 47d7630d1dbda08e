//! The published schema against the reader, by a validator of its own; and what broken documents are answered.

use serde_json::{Value, json};

use super::*;

/// Whether a value is valid by a schema; `None` where only a pattern could tell, which is not looked at here.
fn valid(root: &Value, schema: &Value, value: &Value) -> Option<bool> {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        let name = name.strip_prefix("#/$defs/").unwrap();
        return valid(root, &root["$defs"][name], value);
    }
    if let Some(any) = schema.get("anyOf").and_then(Value::as_array) {
        let each: Vec<_> = any.iter().map(|one| valid(root, one, value)).collect();
        return if each.contains(&Some(true)) {
            Some(true)
        } else if each.contains(&None) {
            None
        } else {
            Some(false)
        };
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return Some(words.contains(value));
    }
    let bound = |key: &str| schema.get(key).and_then(Value::as_i64);
    match (schema["type"].as_str().unwrap(), value) {
        ("null", Value::Null) | ("boolean", Value::Bool(_)) => Some(true),
        ("integer", Value::Number(number)) => {
            let (Some(least), Some(most)) = (bound("minimum"), bound("maximum")) else { panic!("{schema}") };
            Some(number.as_i64().is_some_and(|number| (least..=most).contains(&number)))
        }
        ("string", Value::String(text)) => match schema.get("format").and_then(Value::as_str) {
            Some("date") => Some(text.parse::<jiff::civil::Date>().is_ok()),
            Some("date-time") => Some(text.parse::<jiff::Timestamp>().is_ok()),
            Some(other) => panic!("{other}"),
            None if schema.get("pattern").is_some() => None,
            None => {
                let count = i64::try_from(text.chars().count()).unwrap();
                Some((bound("minLength").unwrap()..=bound("maxLength").unwrap()).contains(&count))
            }
        },
        ("array", Value::Array(list)) => {
            let fits = i64::try_from(list.len()).unwrap() <= bound("maxItems").unwrap();
            all(std::iter::once(Some(fits)).chain(list.iter().map(|one| valid(root, &schema["items"], one))))
        }
        ("object", Value::Object(object)) => {
            assert_eq!(schema["additionalProperties"], json!(false));
            let properties = schema["properties"].as_object().unwrap();
            let required = schema["required"].as_array().unwrap();
            let there = required.iter().all(|key| object.contains_key(key.as_str().unwrap()));
            let each = object.iter().map(|(key, value)| match properties.get(key) {
                Some(property) => valid(root, property, value),
                None => Some(false),
            });
            all(std::iter::once(Some(there)).chain(each))
        }
        _ => Some(false),
    }
}

fn all(each: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let each: Vec<_> = each.collect();
    if each.contains(&Some(false)) {
        Some(false)
    } else {
        each.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
    }
}

/// Every place of a document.
fn places(value: &Value, at: &str, into: &mut Vec<String>) {
    into.push(at.to_owned());
    match value {
        Value::Object(object) => object.iter().for_each(|(key, one)| places(one, &below(at, key), into)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(n, one)| places(one, &below(at, &n.to_string()), into));
        }
        _ => {}
    }
}

fn says(document: &Value, shape: &'static Shape) -> Result<(), Bad> {
    read(serde_json::to_string(document).unwrap().as_bytes(), shape).map(drop)
}

/// Holds a document's reader against its published schema: the example is valid, and every way of breaking it is seen by both, or by
/// neither. The example holds every declared key.
pub(crate) fn agree(shape: &'static Shape, schema: &str, example: &str) {
    let (schema, example): (Value, Value) =
        (serde_json::from_str(schema).unwrap(), serde_json::from_str(example).unwrap());
    assert_eq!(says(&example, shape), Ok(()));
    assert_ne!(valid(&schema, &schema, &example), Some(false));
    let mut all = Vec::new();
    places(&example, "", &mut all);
    let mut broken = 0;
    let mut compare = |document: &Value, what: &str| {
        let (read, schema) = (says(document, shape), valid(&schema, &schema, document));
        if let Some(schema) = schema {
            assert_eq!(read.is_ok(), schema, "{what}: {read:?}");
        }
        broken += usize::from(read.is_err());
    };
    let others = [
        json!(null),
        json!(true),
        json!(7),
        json!(-1),
        json!(1.5),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("x".repeat(300)),
        json!("2026-02-30"),
        json!("2026-02-28"),
        json!([]),
        json!({}),
        json!([{}]),
    ];
    for at in &all {
        for other in &others {
            let mut document = example.clone();
            *document.pointer_mut(at).unwrap() = other.clone();
            compare(&document, &format!("{at} = {other}"));
        }
        let mut document = example.clone();
        if let Value::Object(object) = document.pointer_mut(at).unwrap() {
            object.insert("holyday".to_owned(), json!(null));
            let keys: Vec<_> = object.keys().cloned().collect();
            compare(&document, &format!("a key more at {at}"));
            for key in keys {
                let mut document = example.clone();
                document.pointer_mut(at).unwrap().as_object_mut().unwrap().remove(&key);
                compare(&document, &format!("without {key} at {at}"));
            }
        }
    }
    assert!(broken > all.len() * 8, "{broken} of {}", all.len());
    // Every key of every object is there at least once.
    let mut defined: Vec<&Value> = schema["$defs"].as_object().unwrap().values().collect();
    defined.push(&schema);
    for object in defined {
        for key in object["properties"].as_object().unwrap().keys() {
            assert!(all.iter().any(|at| at.ends_with(&format!("/{key}"))), "{key} is not in the example");
        }
    }
}

static INNER: Shape = Shape {
    name: "inner",
    what: "Inside.",
    fields: &[Field { key: "a/b~c", need: Need::May, kind: Kind::Whole(0, 9), what: "A digit." }],
};
static OUTER: Shape = Shape {
    name: "outer",
    what: "Outside.",
    fields: &[Field {
        key: "list",
        need: Need::Must,
        kind: Kind::Many(&Kind::Of(&INNER), 2),
        what: "Insides.",
    }],
};

fn refused(bytes: &[u8]) -> (String, String) {
    let bad = read(bytes, &OUTER).unwrap_err();
    (bad.at, bad.why)
}

#[test]
fn a_broken_document_is_told_where_and_why() {
    assert!(read(br#"{"list": [{"a/b~c": 9}, {}]}"#, &OUTER).is_ok());
    assert!(read("\u{feff}{\"list\": []}".as_bytes(), &OUTER).is_ok(), "a byte order mark means nothing");
    for (text, at, why) in [
        (r#"{"list": [{"a/b~c": 10}]}"#, "/list/0/a~1b~0c", "out of bounds"),
        (r#"{"list": [{"a/b~c": 1.0}]}"#, "/list/0/a~1b~0c", "without fraction"),
        (r#"{"list": [{"a/b~c": 1e0}]}"#, "/list/0/a~1b~0c", "without fraction"),
        (r#"{"list": [{"a/b~c": 1, "a/b~c": 1}]}"#, "/list/0/a~1b~0c", "twice"),
        (r#"{"list": [{"x": 1}]}"#, "/list/0/x", "no such key"),
        (r#"{"list": [{}, {}, {}]}"#, "/list", "at most 2"),
        (r#"{"list": {}}"#, "/list", "a list is needed"),
        (r"{}", "/list", "missing"),
        (r"[]", "/", "an object is needed"),
        (r#"{"list": []"#, "/", "not JSON"),
        (r#"{"list": []} x"#, "/", "not JSON"),
        ("", "/", "not JSON"),
    ] {
        let (found, said) = refused(text.as_bytes());
        assert_eq!(found, at, "{text}");
        assert!(said.contains(why), "{text}: {said}");
    }
}

#[test]
fn other_encodings_and_endless_documents_are_refused() {
    let latin1 = b"{\"list\": [], \"caf\xe9\": 1}";
    assert!(refused(latin1).1.contains("UTF-8 from byte 17"), "{}", refused(latin1).1);
    let utf16: Vec<u8> = "{\"list\": []}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(refused(&utf16).1.contains("not JSON"));
    assert!(refused(&vec![b' '; MAX_BYTES + 1]).1.contains("at most"));
    // A pit of brackets ends in an error, not in a broken stack.
    assert!(refused("[".repeat(200_000).as_bytes()).1.contains("not JSON"));
}
