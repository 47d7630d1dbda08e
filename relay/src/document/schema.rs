//! The published JSON Schema (draft 2020-12), made of the same declarations that the reader checks by.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Field, Kind, Need, Shape};

/// The schema of a document.
pub fn of(shape: &'static Shape, title: &str) -> Value {
    let mut shapes = BTreeMap::new();
    collect(shape, &mut shapes);
    let mut schema = one(shape);
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!(title));
    let defs: Map<String, Value> = shapes
        .into_iter()
        .filter(|(name, _)| *name != shape.name)
        .map(|(name, shape)| (name.to_owned(), Value::Object(one(shape))))
        .collect();
    schema.insert("$defs".to_owned(), Value::Object(defs));
    Value::Object(schema)
}

fn collect(shape: &'static Shape, into: &mut BTreeMap<&'static str, &'static Shape>) {
    fn within(kind: &'static Kind, into: &mut BTreeMap<&'static str, &'static Shape>) {
        match kind {
            Kind::Of(shape) => collect(shape, into),
            Kind::Many(each, _) => within(each, into),
            _ => {}
        }
    }
    if into.insert(shape.name, shape).is_none() {
        shape.fields.iter().for_each(|field| within(&field.kind, into));
    }
}

fn one(shape: &Shape) -> Map<String, Value> {
    let properties: Map<String, Value> =
        shape.fields.iter().map(|field| (field.key.to_owned(), property(field))).collect();
    let required: Vec<_> =
        shape.fields.iter().filter(|field| field.need != Need::May).map(|field| field.key).collect();
    let mut object = Map::new();
    object.insert("type".to_owned(), json!("object"));
    object.insert("description".to_owned(), json!(shape.what));
    object.insert("properties".to_owned(), Value::Object(properties));
    object.insert("required".to_owned(), json!(required));
    object.insert("additionalProperties".to_owned(), json!(false));
    object
}

fn property(field: &Field) -> Value {
    let kind = self::kind(&field.kind);
    match field.need {
        Need::Must => described(kind, field.what),
        Need::OrNull | Need::May => json!({ "description": field.what, "anyOf": [kind, { "type": "null" }] }),
    }
}

fn described(mut kind: Value, what: &str) -> Value {
    if let Value::Object(object) = &mut kind {
        object.insert("description".to_owned(), json!(what));
    }
    kind
}

fn kind(kind: &Kind) -> Value {
    match kind {
        Kind::Text(most) => json!({ "type": "string", "minLength": 1, "maxLength": most }),
        Kind::Formed(pattern, _) => json!({ "type": "string", "pattern": pattern }),
        Kind::Word(words) => json!({ "enum": words }),
        Kind::Day => json!({ "type": "string", "format": "date" }),
        Kind::Moment => json!({ "type": "string", "format": "date-time" }),
        Kind::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Of(shape) => json!({ "$ref": format!("#/$defs/{}", shape.name) }),
        Kind::Many(each, most) => json!({ "type": "array", "items": self::kind(each), "maxItems": most }),
    }
}
