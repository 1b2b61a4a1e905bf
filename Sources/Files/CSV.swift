/// One record, quoted as RFC 4180 requires.
package func csvLine(_ fields: [String]) -> String {
  fields.map { field in
    guard field.contains(where: { "\",\n\r".contains($0) }) else { return field }
    return "\""
      + field.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }.joined(separator: ",")
}
