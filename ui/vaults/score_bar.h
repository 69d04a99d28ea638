#pragma once

#include <QWidget>

namespace tau::ui {

/// A bar from 0 to 1 with its name and the value it stands for.
class ScoreBar : public QWidget {
    Q_OBJECT
public:
    explicit ScoreBar(const QString& name, QWidget* parent = nullptr);
    void set_value(double share, const QString& text);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString name_;
    double share_ = 0;
    QString text_;
};

} // namespace tau::ui
