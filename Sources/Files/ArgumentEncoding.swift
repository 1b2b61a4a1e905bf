/// The encoding of the command line.
package enum ArgumentEncoding {
  /// - Throws: `UserError` if an argument is not UTF-8: a path in it would become another one.
  package static func check() throws(UserError) {
    let arguments = UnsafeBufferPointer(
      start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
    for argument in arguments.compactMap(\.self) where String(validatingCString: argument) == nil {
      throw UserError(
        path: String(cString: argument),
        problem:
          "is an argument that is not UTF-8; rename the file, for example with convmv -t utf8"
      )
    }
  }
}
