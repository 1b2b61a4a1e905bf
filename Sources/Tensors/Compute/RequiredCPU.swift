import CLanes

/// Ends the process with one line on standard error and status 1 if it was built for vector instructions
/// that this CPU lacks. To be called before anything else: it runs none of them itself.
@inline(never)
package func requireCPUOfBuild() { rb_require_cpu() }
