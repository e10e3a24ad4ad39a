/// The processor time of this process so far, in seconds.
pub fn processor_time() -> f64 {
    #[repr(C)]
    struct Time {
        seconds: i64,
        nanoseconds: i64,
    }
    extern "C" {
        fn clock_gettime(clock: i32, time: *mut Time) -> i32;
    }
    const PROCESS: i32 = 2;
    let mut time = Time { seconds: 0, nanoseconds: 0 };
    // SAFETY: the call fills the one struct that it is given.
    unsafe { clock_gettime(PROCESS, &mut time) };
    time.seconds as f64 + time.nanoseconds as f64 / 1e9
}
