package awsapi

import (
	"context"
	"fmt"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// edit replaces the statements of one share in a bucket policy; no statements take the share out.
type edit struct {
	name       share.Name
	statements []policy.Statement
}

func (e edit) owns(statement policy.Statement) bool { return share.OwnsSid(e.name, statement.Sid) }

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
	return fmt.Sprintf("writing the policy of bucket %s: after %d writes, each read-back lacked our statements: somebody else writes the whole document at the same time", e.Bucket, e.Rounds)
}

const (
	editRounds = 6
	firstPause = 500 * time.Millisecond
)

// editor patches one bucket policy. S3 has no conditional write, so each round reads the document, writes it once with
// our statements in it and reads it back; when they are not there, somebody else wrote in between or the read was stale
// (bucket configurations are eventually consistent: S3 User Guide, "Amazon S3 data consistency model"), and the next
// round begins from what is there now. What somebody else wrote between our read and our write cannot be seen and is
// lost: the two calls follow each other at once to keep that window small.
type editor struct {
	calls bucketCalls
	pause Pause
}

func (e editor) apply(ctx context.Context, edits []edit) error {
	pause := firstPause
	for wrote := 0; ; wrote++ {
		found, err := e.calls.find(ctx)
		if err != nil {
			return err
		}
		if allIn(edits, found.Document) {
			return nil
		}
		if wrote > 0 {
			if err := e.pause(ctx, pause); err != nil {
				return err
			}
			pause *= 2
			if found, err = e.calls.find(ctx); err != nil || allIn(edits, found.Document) {
				return err
			}
		}
		if wrote == editRounds {
			return &OverwrittenError{Bucket: e.calls.bucket, Rounds: wrote}
		}
		if err := e.write(ctx, found, edits); err != nil {
			return err
		}
	}
}

func (e editor) write(ctx context.Context, found share.BucketPolicy, edits []edit) error {
	document := found.Document
	if found.State != share.BucketHasPolicy {
		document = policy.New()
	}
	for _, edit := range edits {
		document = document.Replace(edit.owns, edit.statements...)
	}
	if document.IsEmpty() {
		return e.calls.delete(ctx)
	}
	return e.calls.put(ctx, document)
}
