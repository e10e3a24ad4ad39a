// Reads every attribute of an XML roster with quick-xml, reusing one buffer and unescaping what needs it.
use quick_xml::events::{BytesStart, Event};
use quick_xml::Reader;
use std::fs::File;
use std::io::BufReader;

struct Count {
    rows: usize,
    cells: usize,
    bytes: usize,
}

impl Count {
    fn element(&mut self, element: &BytesStart) -> Result<(), Box<dyn std::error::Error>> {
        if element.name().as_ref() != b"member" {
            return Ok(());
        }
        self.rows += 1;
        for attribute in element.attributes() {
            self.cells += 1;
            self.bytes += attribute?.unescape_value()?.len();
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("give a file")?;
    let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 16, File::open(path)?));
    let mut count = Count { rows: 0, cells: 0, bytes: 0 };
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer)? {
            Event::Start(element) | Event::Empty(element) => count.element(&element)?,
            Event::Eof => break,
            _ => (),
        }
        buffer.clear();
    }
    println!("{} {} {}", count.rows, count.cells, count.bytes);
    Ok(())
}
