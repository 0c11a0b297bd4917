package main

import (
	"context"
	"fmt"
)

// This file tells the story from the consumer's side: what works with the share, and what does not.

// shareRole is the name of the example's share.
const shareRole = "etl-reports"

func (t *teller) use(ctx context.Context) error {
	t.step("The consumer uses the share",
		"A job that runs as role etl assumes the share's role with the external ID, then lists and reads. The calls are made with the AWS SDK "+
			"for Go; the lines say how they are typed with the aws CLI. Profiles etl and other are jobs that run as these roles, "+
			"profile share is the session of the share's role.")
	t.command(assumeLine("etl", `"$id"`))
	session, err := t.running("etl").assume(ctx, t.roleARN, t.externalID)
	t.expect("role etl assumes the share's role", err)
	if err != nil {
		return fmt.Errorf("the share cannot be used: %w", err)
	}
	t.session = session
	t.command("aws s3 ls s3://" + bucketName + "/reports/ --profile share")
	keys, err := session.list(ctx, "reports/")
	t.output(keys)
	t.expect("lists what is below reports/", err)
	t.command(readLine("share", sharedKey))
	body, err := session.read(ctx, sharedKey)
	t.output(body)
	t.expect("reads an object below reports/", err)
	return nil
}

// attempt is one thing that the share must not allow.
type attempt struct {
	what string
	line string
	try  func(context.Context) error
}

func (t *teller) misuse(ctx context.Context) error {
	t.step("Everything else is refused",
		"Each call differs in one thing from those that work. Below each are AWS's words.")
	for _, a := range t.attempts() {
		t.command(a.line)
		t.refused(a.what, a.try(ctx))
	}
	return nil
}

func (t *teller) attempts() []attempt {
	assume := func(role, externalID string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := t.running(role).assume(ctx, t.roleARN, externalID)
			return err
		}
	}
	read := func(who client, key string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := who.read(ctx, key)
			return err
		}
	}
	return []attempt{
		{"a wrong external ID", assumeLine("etl", "guess-4711"), assume("etl", "guess-4711")},
		{"no external ID", assumeLine("etl", ""), assume("etl", "")},
		{"another role of the same account, with the right external ID and every permission of its own account",
			assumeLine("other", `"$id"`), assume("other", t.externalID)},
		{"another prefix", readLine("share", privateKey), read(t.session, privateKey)},
		{"a listing of another prefix", "aws s3 ls s3://" + bucketName + "/payroll/ --profile share", func(ctx context.Context) error {
			_, err := t.session.list(ctx, "payroll/")
			return err
		}},
		{"a write", "aws s3 cp new.csv s3://" + bucketName + "/" + sharedKey + " --profile share", func(ctx context.Context) error {
			return t.session.write(ctx, sharedKey, "region,revenue\n")
		}},
		{"role etl itself, past the share's role: there is no second door", readLine("etl", sharedKey), read(t.running("etl"), sharedKey)},
	}
}

// assumeLine is how the share's role is assumed with the aws CLI; without an external ID none is sent.
func assumeLine(profile, externalID string) string {
	line := `aws sts assume-role --role-arn "$role" --role-session-name nightly-job`
	if externalID != "" {
		line += " --external-id " + externalID
	}
	return line + " --profile " + profile
}

func readLine(profile, key string) string {
	return fmt.Sprintf("aws s3 cp s3://%s/%s - --profile %s", bucketName, key, profile)
}
