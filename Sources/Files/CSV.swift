/// One record, quoted as RFC 4180 requires. Control characters are spelled out, since a terminal may show
/// the file.
package func csvLine(_ fields: [String]) -> String {
  fields.map { visible($0, keepsLines: true) }.map { field in
    guard field.contains(where: { "\",\n\r".contains($0) }) else { return field }
    return "\""
      + field.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }.joined(separator: ",")
}
