package awsapi

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// edit replaces the statements of one share, or of all shares together, in a bucket policy; no statements take them out.
type edit struct {
	spec       share.Spec
	statements []policy.Statement
	// common tells that it is about the statements that shares have in common.
	common bool
}

func (e edit) owns(statement policy.Statement) bool {
	if e.common {
		return e.spec.OwnsDelegation(statement)
	}
	return e.spec.Owns(statement)
}

// releases tells that the edit takes away what other shares may need.
func (e edit) releases() bool { return e.common && len(e.statements) == 0 }

// isIn tells that a document has the statements of the edit and no others of the share.
func (e edit) isIn(document policy.Document) bool {
	var have []policy.Statement
	for _, statement := range document.Statements() {
		if e.owns(statement) {
			have = append(have, statement)
		}
	}
	return policy.New(have...).Equal(policy.New(e.statements...))
}

// allIn tells that nothing is left to write.
func allIn(edits []edit, document policy.Document) bool {
	for _, edit := range edits {
		if !edit.isIn(document) {
			return false
		}
	}
	return true
}

// OverwrittenError tells that somebody else kept writing the bucket policy over ours.
type OverwrittenError struct {
	Bucket share.Bucket
	Rounds int
}

// Error implements error.
func (e *OverwrittenError) Error() string {
	return fmt.Sprintf("writing the policy of bucket %s: after %d writes, each read-back lacked our statements: "+
		"somebody else writes the whole document at the same time", e.Bucket, e.Rounds)
}

const (
	// editRounds is how often one policy is written, and missingRounds how often a bucket is looked for that another
	// resource of the same run may have made a moment ago.
	editRounds    = 8
	missingRounds = 4
	firstPause    = 500 * time.Millisecond
	longestPause  = 16 * time.Second
)

// editor patches one bucket policy. S3 has no conditional write, so each round reads the document, writes it once with
// our statements in it and reads it back; when they are not there, somebody else wrote in between or the read was stale
// (bucket configurations are eventually consistent: S3 User Guide, "Amazon S3 data consistency model"), and the next
// round begins from what is there now. What somebody else wrote between our read and our write cannot be seen and is
// lost: the two calls follow each other at once to keep that window small, and for the same reason a write is never
// repeated by itself, however it failed, but always begins with a read.
type editor struct {
	calls bucketCalls
	pause Pause
}

// apply makes the edits and gives the document that was read back.
func (e editor) apply(ctx context.Context, edits []edit) (share.BucketPolicy, error) {
	found, err := e.calls.find(ctx)
	for round := 1; err == nil && !allIn(edits, found.Document); round++ {
		// In the end the write itself gets S3's own words for a missing bucket.
		if found.State == share.BucketMissing && round <= missingRounds {
			found, err = e.readLater(ctx, round)
			continue
		}
		if round > editRounds {
			return found, &OverwrittenError{Bucket: e.calls.bucket, Rounds: editRounds}
		}
		found, err = e.round(ctx, round, edits, found)
	}
	return found, err
}

// round writes once and reads back. When our statements are not there, it gives what is there a while later: the first
// read may have been stale.
func (e editor) round(ctx context.Context, round int, edits []edit, found share.BucketPolicy) (share.BucketPolicy, error) {
	switch err := e.write(ctx, found, edits); {
	case err == nil:
		back, err := e.calls.find(ctx)
		if err != nil || allIn(edits, back.Document) {
			return back, err
		}
	case round == editRounds || !e.calls.account.retryer.IsErrorRetryable(err):
		return found, err
	}
	return e.readLater(ctx, round)
}

// readLater reads after a pause that doubles with the rounds. Half of it is random, so that two processes that write the
// same policy get out of step.
func (e editor) readLater(ctx context.Context, round int) (share.BucketPolicy, error) {
	pause := min(firstPause<<(round-1), longestPause)
	if err := e.pause(ctx, pause/2+rand.N(pause/2)); err != nil { //nolint:gosec // the length of a pause is no secret
		return share.BucketPolicy{}, err
	}
	return e.calls.find(ctx)
}

func (e editor) write(ctx context.Context, found share.BucketPolicy, edits []edit) error {
	document := found.Document
	for _, edit := range edits {
		document = document.Replace(edit.owns, edit.statements...)
	}
	if document.IsEmpty() {
		return e.calls.delete(ctx)
	}
	return e.calls.put(ctx, document)
}
