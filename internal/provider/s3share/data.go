// Package s3share is the Terraform contract of crossaccount_s3_share: schema, plan behaviour, state and every
// sentence that a user reads.
package s3share

import "github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"

// ProviderData is what the configured provider hands to its resources.
type ProviderData struct {
	// Shares carries out creates, reads, updates and deletes. It is nil while Deferred.
	Shares *reconcile.Reconciler
	// Survey looks over all roles of the owner account. It is nil while Deferred.
	Survey *reconcile.Survey
	// Exchange hands over external IDs and sessions. It is nil while Deferred.
	Exchange *reconcile.Exchange
	// Proofs tries shares as their consumer. It is nil while Deferred.
	Proofs *reconcile.Prover
	// Preflight looks at what is around a share before it is written. It is nil while Deferred.
	Preflight *reconcile.Preflight
	// Analysis has documents judged by Access Analyzer. It is nil while Deferred.
	Analysis *reconcile.Analysis
	// Halves carries out the lives of consumers' halves, with the provider's own credentials where it has none of a
	// consumer; HalfProofs tries them. Both are nil while Deferred.
	Halves     *reconcile.Halves
	HalfProofs *reconcile.Prover
	// RolePath is the IAM path of share roles that give none themselves.
	RolePath string
	// DefaultTags are put on every role; a resource's own tags win.
	DefaultTags map[string]string
	progress    progress

	// Deferred tells that some of the provider's own configuration is not known yet, so AWS cannot be asked and nothing
	// else here is set.
	Deferred bool
}
