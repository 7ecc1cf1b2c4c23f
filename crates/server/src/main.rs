//! The program `cineclub`.

fn main() -> std::process::ExitCode {
    cineclub_server::cli::main()
}
