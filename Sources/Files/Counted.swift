/// `1 run`, `2 runs`.
/// - Parameter noun: in the singular, with a plural in s.
package func counted(_ number: Int, _ noun: String) -> String {
  "\(number) \(noun)\(number == 1 ? "" : "s")"
}
