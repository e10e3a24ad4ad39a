// Reads every field of a CSV file with the csv crate, reusing one record: its fastest documented way.
use std::fs::File;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("give a file")?;
    let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 16).from_reader(File::open(path)?);
    let mut record = csv::ByteRecord::new();
    let (mut rows, mut cells, mut bytes) = (0usize, 0usize, 0usize);
    while reader.read_byte_record(&mut record)? {
        rows += 1;
        for field in record.iter() {
            cells += 1;
            bytes += field.len();
        }
    }
    println!("{rows} {cells} {bytes}");
    Ok(())
}
