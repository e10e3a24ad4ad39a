// What a plan is at its heart: rows of (address, external id) against live seats, with std's HashMap (hashbrown) and a
// fast hash of eight bytes at a time. Trims and lower-cases addresses, finds duplicates, joins by address, or by
// external id where a row has no address, and makes one action per row.
//   join ROWS.csv SEATS.csv fold|folded
// fold: the rows' addresses are trimmed and lower-cased too; folded: they are taken as they are, as ours gets them.
// Reading both files is not counted. Prints the rows, how many are kept, assigned and duplicates, and processor time.
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

#[path = "../clock.rs"]
mod clock;

#[derive(Default)]
struct WordHasher(u64);

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0u8; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }
    fn write_u8(&mut self, byte: u8) {
        self.0 = (self.0.rotate_left(5) ^ byte as u64).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
    fn write_usize(&mut self, _: usize) {}
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

type Index<'a> = HashMap<&'a [u8], u32, BuildHasherDefault<WordHasher>>;

#[derive(Clone, Copy, PartialEq)]
enum Action {
    Keep(u32),
    Assign,
    Duplicate(u32),
}

struct Table {
    text: Vec<u8>,
    rows: Vec<[(u32, u32); 2]>,
}

impl Table {
    fn read(path: &str) -> Result<Table, Box<dyn std::error::Error>> {
        let mut table = Table { text: Vec::new(), rows: Vec::new() };
        let mut reader = csv::Reader::from_path(path)?;
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record)? {
            let mut row = [(0, 0); 2];
            for (place, field) in row.iter_mut().zip(record.iter()) {
                *place = (table.text.len() as u32, field.len() as u32);
                table.text.extend_from_slice(field);
            }
            table.rows.push(row);
        }
        Ok(table)
    }
    fn cell(&self, row: usize, column: usize) -> &[u8] {
        slice(&self.text, self.rows[row][column])
    }
    /// The addresses trimmed and in lower case, one after the other, and where each stands.
    fn folded(&self) -> (Vec<u8>, Vec<(u32, u32)>) {
        let mut text = Vec::with_capacity(self.text.len());
        let mut places = Vec::with_capacity(self.rows.len());
        for row in 0..self.rows.len() {
            let start = text.len();
            let address = self.cell(row, 0);
            if address.is_ascii() {
                let address = std::str::from_utf8(address).unwrap_or("").trim().as_bytes();
                text.extend(address.iter().map(u8::to_ascii_lowercase));
            } else {
                text.extend_from_slice(String::from_utf8_lossy(address).trim().to_lowercase().as_bytes());
            }
            places.push((start as u32, (text.len() - start) as u32));
        }
        (text, places)
    }
}

fn slice(text: &[u8], place: (u32, u32)) -> &[u8] {
    &text[place.0 as usize..(place.0 + place.1) as usize]
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.len() != 3 {
        return Err("give rows, seats and fold or folded".into());
    }
    let (rows, seats, how) = (Table::read(&arguments[0])?, Table::read(&arguments[1])?, &arguments[2]);
    let begun = clock::processor_time();

    let (seat_text, seat_keys) = seats.folded();
    let folded = if how == "fold" { Some(rows.folded()) } else { None };
    let key = |row: usize| match &folded {
        Some((text, places)) => slice(text, places[row]),
        None => rows.cell(row, 0),
    };

    let mut by_address = Index::with_capacity_and_hasher(seats.rows.len(), Default::default());
    let mut by_id = Index::with_capacity_and_hasher(seats.rows.len(), Default::default());
    for (seat, &place) in seat_keys.iter().enumerate() {
        by_address.insert(slice(&seat_text, place), seat as u32);
        let id = seats.cell(seat, 1);
        if !id.is_empty() {
            by_id.insert(id, seat as u32);
        }
    }
    let mut seen_addresses = Index::with_capacity_and_hasher(rows.rows.len(), Default::default());
    let mut seen_ids = Index::with_capacity_and_hasher(rows.rows.len(), Default::default());
    let mut actions = Vec::with_capacity(rows.rows.len());
    for row in 0..rows.rows.len() {
        let (address, id) = (key(row), rows.cell(row, 1));
        let mut first = None;
        if !address.is_empty() {
            let twin = *seen_addresses.entry(address).or_insert(row as u32);
            if twin != row as u32 {
                first = Some(twin);
            }
        }
        if !id.is_empty() {
            let twin = *seen_ids.entry(id).or_insert(row as u32);
            if twin != row as u32 {
                first = first.or(Some(twin));
            }
        }
        actions.push(match first {
            Some(twin) => Action::Duplicate(twin),
            None => match if address.is_empty() { by_id.get(id) } else { by_address.get(address) } {
                Some(&seat) => Action::Keep(seat),
                None => Action::Assign,
            },
        });
    }
    let seconds = clock::processor_time() - begun;

    let kept = actions.iter().filter(|action| matches!(action, Action::Keep(_))).count();
    let assigned = actions.iter().filter(|action| **action == Action::Assign).count();
    println!("{} {kept} {assigned} {} {seconds:.6}", actions.len(), actions.len() - kept - assigned);
    Ok(())
}
