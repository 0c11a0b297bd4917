package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// This file tells the story from the owner's side: plan, apply, drift, repair, destroy. Rotation is in rotate.go,
// the consumer's side in use.go.

// teller tells the story.
type teller struct {
	*transcript
	*world
	terraform *workspace.Workspace
	// before is the bucket policy of before the share, shared the one with it.
	before, shared string
	// roleARN and externalID are what the owner hands to the consumer.
	roleARN, externalID string
	// session is the consumer's session of the share's role.
	session client
}

// tell gives an error when the story cannot go on; an expectation that does not hold does not stop it.
func (t *teller) tell(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		t.showBucket, t.showConfiguration, t.plan, t.apply, t.use, t.misuse, t.change, t.detect, t.repair, t.rotate, t.revoke, t.destroy,
	} {
		if err := step(ctx); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	t.write("\n")
	t.expect("no external ID is anywhere in this transcript", t.keptSecret())
	return nil
}

func (t *teller) showBucket(context.Context) error {
	t.step("Before: a bucket that other people's statements guard",
		"AWS is simulated on this machine and judges every call by the policies; terraform, the provider and the AWS SDK are real. "+
			"Account "+ownerID+", the owner, has bucket "+bucketName+". Account "+consumerID+", the consumer, has the roles etl and other. "+
			"The bucket policy has two statements that are somebody else's: they must outlive all that follows, unchanged.")
	t.command("aws s3 ls --recursive s3://" + bucketName)
	t.output(strings.Join(t.bucket.Keys(), "\n"))
	t.before = t.showPolicy()
	return nil
}

func (t *teller) showConfiguration(context.Context) error {
	t.step("The share: one resource, one provider block for both accounts",
		"The file is examples/"+story+"/main.tf as it stands. Role etl of the consumer may read and list what is below reports/.")
	text, err := os.ReadFile(filepath.Join(t.terraform.Dir, "main.tf"))
	if err != nil {
		return err
	}
	t.command("cat main.tf")
	t.output(string(text))
	return nil
}

func (t *teller) plan(ctx context.Context) error {
	t.step("Plan: everything can be read before anything exists",
		"What a reviewer needs is in the plan: who may do what as sentences (summary), and every policy document as it will be written. "+
			"Open until apply are only the role's unique ID, the external ID with its date, and the verdict, "+
			"which depends on what others have in the bucket policy by then.")
	if _, err := t.run(ctx, initialized, "init"); err != nil {
		return err
	}
	plan, err := t.run(ctx, planned, "plan", "-out=share.tfplan")
	if err != nil {
		return err
	}
	t.expect("known at plan: summary, role ARN, trust policy, permissions policy, bucket statements, consumer policy",
		allKnown(plan, "summary", "role_arn", "trust_policy", "permissions_policy", "bucket_policy_statements", "consumer_policy"))
	t.expect("nothing was written yet", t.isAsBefore(ctx))
	return nil
}

func (t *teller) apply(ctx context.Context) error {
	t.step("Apply: role, policies, statements and the consumer's policy, in one step",
		"The share's two statements stand beside the foreign ones, and the consumer's role etl may now assume the share's role.")
	applied, err := t.run(ctx, applied, "apply", "share.tfplan")
	if err != nil {
		return err
	}
	t.expect("one resource was made", says(applied, "1 added, 0 changed, 0 destroyed"))
	t.shared = t.showPolicy()
	t.expect("the foreign statements are there as they were", keeps(t.before, t.shared))
	t.command("role=$(terraform output -raw role_arn) id=$(terraform output -raw external_id)")
	if t.roleARN, err = t.value(ctx, "role_arn"); err != nil {
		return err
	}
	return t.learnExternalID(ctx)
}

func (t *teller) change(ctx context.Context) error {
	t.step("Somebody changes it by hand",
		"In the IAM console somebody takes the external ID condition out of the trust policy, and in the S3 console somebody makes the share's "+
			"statement hold for the whole bucket. The first opens a door at once. The second gives nothing yet: the statement only "+
			"lets the owner's account decide, and the role's own policy still says reports/.")
	owner := t.as(t.ownerKey)
	if err := owner.dropExternalID(ctx, shareRole); err != nil {
		return err
	}
	if err := owner.openStatement(ctx); err != nil {
		return err
	}
	t.command(assumeLine("etl", ""))
	_, err := t.running("etl").assume(ctx, t.roleARN, "")
	t.expect("AWS no longer asks for an external ID", err)
	t.command(readLine("share", privateKey))
	_, err = t.session.read(ctx, privateKey)
	t.refused("payroll/, by the role's own policy", err)
	return nil
}

func (t *teller) detect(ctx context.Context) error {
	t.step("Plan again: what was changed, and what it means for access",
		"The drift is told in sentences, and a warning says that the share gives more than is declared.")
	plan, err := t.run(ctx, planned, "plan", "-out=repair.tfplan")
	if err != nil {
		return err
	}
	t.expect("the trust policy's drift is told", says(plan, "trust policy: the external ID condition was removed"))
	t.expect("the bucket statement's drift is told", says(plan, "bucket statement: also allows s3:GetObject on arn:aws:s3:::"+bucketName+"/*"))
	t.expect("a warning says that the share is wider than declared", says(plan, "is wider than declared"))
	t.expect("the repair changes in place", says(plan, "0 to add, 1 to change, 0 to destroy"))
	return nil
}

func (t *teller) repair(ctx context.Context) error {
	t.step("Repair: the next apply takes it back",
		"The role stays the same one, and so does the external ID: the consumer notices nothing.")
	if _, err := t.run(ctx, applied, "apply", "repair.tfplan"); err != nil {
		return err
	}
	t.command(assumeLine("etl", ""))
	_, err := t.running("etl").assume(ctx, t.roleARN, "")
	t.refused("no external ID, as before", err)
	t.command(assumeLine("etl", `"$id"`))
	_, err = t.running("etl").assume(ctx, t.roleARN, t.externalID)
	t.expect("the external ID of the first apply is still the one", err)
	t.expect("the bucket policy is the one of the first apply", sameDocument(t.shared, t.bucket.Policy()))
	plan, err := t.run(ctx, settled, "plan")
	if err != nil {
		return err
	}
	t.expect("nothing is left to do", says(plan, "No changes."))
	return nil
}

func (t *teller) destroy(ctx context.Context) error {
	t.step("Destroy: the bucket policy is what it was",
		"The share's statements go first and the role after them, so that no statement is ever left that names a role which is gone.")
	output, err := t.run(ctx, destroyed, "destroy", "-auto-approve")
	if err != nil {
		return err
	}
	t.expect("one resource was destroyed", says(output, "Resources: 1 destroyed."))
	t.showPolicy()
	t.expect("the bucket policy is what it was, and of the share no role and no policy is left", t.isAsBefore(ctx))
	t.command(readLine("share", sharedKey))
	_, err = t.session.read(ctx, sharedKey)
	t.ended("a session that was given out before", err)
	return nil
}

// isAsBefore tells how the accounts differ from what they were before the share.
func (t *teller) isAsBefore(ctx context.Context) error {
	roles := strings.Join(t.owner.RoleNames(), ", ")
	switch policies, err := t.as(t.consumerKey).inlinePolicies(ctx, "etl"); {
	case err != nil:
		return err
	case policies != "":
		return fmt.Errorf("the consumer's role etl has the policies %s", policies)
	case roles != "auditor":
		return fmt.Errorf("the owner has the roles %s", roles)
	}
	return sameDocument(t.before, t.bucket.Policy())
}

func (t *teller) keptSecret() error {
	if len(t.secrets) == 0 {
		return errors.New("there was none")
	}
	for _, secret := range t.secrets {
		if strings.Contains(t.told.String(), secret) {
			return errors.New("it was printed and masked only afterwards")
		}
	}
	return nil
}
