//! Which tables and columns a schema has, found out from its own steps: what copies the record from engine to engine knows of new
//! tables by itself.

use rusqlite::Connection;

use super::{Value, schema};

/// A table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::records) struct Table {
    pub(in crate::records) name: String,
    pub(in crate::records) columns: Vec<Column>,
    /// The primary key's columns: by them, rows have an order that is the same in every engine.
    pub(in crate::records) key: Vec<String>,
}

/// A column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::records) struct Column {
    pub(in crate::records) name: String,
    kind: Kind,
    /// Holds something in every row.
    always: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Int,
    Text,
    Blob,
}

/// The tables after that many steps: each after those that it refers to.
pub(in crate::records) fn tables(schema: u32) -> rusqlite::Result<Vec<Table>> {
    let conn = Connection::open_in_memory()?;
    for step in schema::STEPS.iter().take(usize::try_from(schema).unwrap_or(usize::MAX)) {
        conn.execute_batch(step)?;
    }
    let names =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid";
    let mut waiting = Vec::new();
    for name in conn.prepare(names)?.query_map([], |row| row.get::<_, String>(0))? {
        let name = name?;
        waiting.push((parents(&conn, &name)?, table(&conn, name)?));
    }
    let mut sorted: Vec<Table> = Vec::new();
    while !waiting.is_empty() {
        let there = |name: &String| sorted.iter().any(|table| table.name == *name);
        // The first one in the schema's own order; no two tables refer to each other.
        let next = waiting.iter().position(|(parents, _)| parents.iter().all(there)).unwrap_or(0);
        sorted.push(waiting.remove(next).1);
    }
    Ok(sorted)
}

fn table(conn: &Connection, name: String) -> rusqlite::Result<Table> {
    let sql = "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1) ORDER BY cid";
    let (mut columns, mut key) = (Vec::new(), Vec::new());
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([&name])?;
    while let Some(row) = rows.next()? {
        let (column, kind): (String, String) = (row.get(0)?, row.get(1)?);
        let kind = match kind.as_str() {
            "INTEGER" => Kind::Int,
            "TEXT" => Kind::Text,
            _ => Kind::Blob,
        };
        let place: u16 = row.get(3)?;
        if place > 0 {
            key.push((place, column.clone()));
        }
        columns.push(Column { name: column, kind, always: row.get(2)? || place > 0 });
    }
    key.sort();
    Ok(Table { name, columns, key: key.into_iter().map(|(_, column)| column).collect() })
}

fn parents(conn: &Connection, name: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement =
        conn.prepare("SELECT \"table\" FROM pragma_foreign_key_list(?1) WHERE \"table\" <> ?1")?;
    statement.query_map([name], |row| row.get(0))?.collect()
}

impl Table {
    /// The column that numbers rows by itself, if there is one.
    pub(in crate::records) fn counter(&self) -> Option<&str> {
        let [key] = self.key.as_slice() else { return None };
        let counts = self.columns.iter().any(|column| column.name == *key && column.kind == Kind::Int);
        counts.then_some(key.as_str())
    }
}

impl Column {
    /// Whether it can hold that.
    pub(in crate::records) fn fits(&self, value: &Value) -> bool {
        match value {
            Value::Null => !self.always,
            Value::Int(_) => self.kind == Kind::Int,
            Value::Text(_) => self.kind == Kind::Text,
            Value::Blob(_) => self.kind == Kind::Blob,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_come_after_those_that_they_refer_to_and_have_an_order() {
        let all = tables(schema::present()).unwrap();
        let place = |name: &str| all.iter().position(|table| table.name == name).unwrap();
        assert!(place("contracts") < place("codes") && place("codes") < place("agents"));
        assert!(all.iter().all(|table| !table.key.is_empty()));
        let journal = &all[place("journal")];
        assert_eq!(
            (journal.key.as_slice(), journal.counter()),
            (&["agent".to_owned(), "seq".to_owned()][..], None)
        );
        assert_eq!(all[place("notices")].counter(), Some("n"));
        assert_eq!(tables(1).unwrap().iter().filter(|table| table.name == "inventory").count(), 0);
    }
}
