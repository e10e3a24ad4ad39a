// Reads the fields of a CSV file into memory, then writes them to /dev/null through the csv crate's writer, as often as
// is asked: csv-write FILE TIMES. Prints rows, fields, bytes written and the processor time of the writing alone.
use std::fs::{File, OpenOptions};

#[path = "../clock.rs"]
mod clock;

struct Counted(File, u64);

impl std::io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.1 += bytes.len() as u64;
        self.0.write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("give a file")?;
    let times: usize = std::env::args().nth(2).ok_or("say how often")?.parse()?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path)?;
    let rows = reader.byte_records().collect::<Result<Vec<_>, _>>()?;
    let begun = clock::processor_time();
    let (mut count, mut fields, mut bytes) = (0, 0, 0);
    for _ in 0..times {
        let sink = Counted(OpenOptions::new().write(true).open("/dev/null")?, 0);
        let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 16).from_writer(sink);
        for row in &rows {
            writer.write_byte_record(row)?;
            count += 1;
            fields += row.len();
        }
        bytes += writer.into_inner().map_err(|error| error.to_string())?.1;
    }
    println!("{count} {fields} {bytes} {:.6}", clock::processor_time() - begun);
    Ok(())
}
