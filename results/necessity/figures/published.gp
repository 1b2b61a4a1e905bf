# Minority classes: the paper's figures and ours, necessity. Run in this folder: gnuplot published.gp
set encoding utf8
do for [format in 'png svg'] {
if (format eq 'png') {
set terminal pngcairo size 1600,1438 noenhanced fontscale 0.75 font 'sans-serif,22' background rgb 'white'
} else {
set terminal svg size 1600,1438 noenhanced font 'sans-serif,22' background rgb 'white'
}
set output 'published.'.format
set multiplot
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set label 1 'Minority classes: the paper''s figures and ours, necessity' at screen 0.5,0.97775 center font 'sans-serif,26'
set label 2 'SYNTHIA: the paper''s Table II, averages as printed; ours: mean of traffic sign, pedestrian, bicycle, car, traffic light. Rendered stand-in for SYNTHIA, not the real data (renderer seed 1,' at screen 0.01250,0.10542 left font 'sans-serif,16' tc rgb '#333333'
set label 3 '480/64/136 training/validation/test images of 256x128); input 128x64; DeepLabV3 ResNet-18 at width multiplier 0.25; 300 iterations of batch 6; Adam 0.001; seeds 1, 2, 3; evaluated on 128' at screen 0.01250,0.09013 left font 'sans-serif,16' tc rgb '#333333'
set label 4 'images of the test split; weights after the last iteration; images: drawn by RecallBench''s own renderer.' at screen 0.01250,0.07483 left font 'sans-serif,16' tc rgb '#333333'
set label 5 'Cityscapes: the paper''s Table III, averages as printed (they are not the mean of its printed columns); ours: mean of person, wall, fence, pole, traffic light, terrain, rider, motorcycle.' at screen 0.01250,0.05953 left font 'sans-serif,16' tc rgb '#333333'
set label 6 'Rendered stand-in for Cityscapes, not the real data (renderer seed 1, 480/128/1 training/validation/test images of 256x128); input 128x64; DeepLabV3 ResNet-18 at width multiplier 0.25;' at screen 0.01250,0.04423 left font 'sans-serif,16' tc rgb '#333333'
set label 7 '300 iterations of batch 6; Adam 0.001; seeds 1, 2, 3; evaluated on 128 images of the validation split; weights after the last iteration; images: drawn by RecallBench''s own renderer.' at screen 0.01250,0.02893 left font 'sans-serif,16' tc rgb '#333333'
set label 8 'Large marks: mean over seeds; small marks: single seeds. Dashed: level of focal. Pale line: Pareto front. Axes differ between left and right.' at screen 0.01250,0.01363 left font 'sans-serif,16' tc rgb '#333333'
set lmargin at screen 0.06875
set rmargin at screen 0.47500
set bmargin at screen 0.60223
set tmargin at screen 0.92490
set title 'paper, Table II: SYNTHIA, ResNet-18' offset 0,-0.3
set xlabel 'average IoU of the minority (%)' offset 0,0.2
set ylabel 'average accuracy of the minority (%)'
set xrange [40.3734:63.3166]
set yrange [57.7692:100.0000]
set arrow from 58.0900,graph 0 to 58.0900,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 66.6500 to graph 1,first 66.6500 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from 43.4100,95.6000 to 60.2800,84.0900 nohead back lw 5 lc rgb '#E8DDBB'
set label 'ce' at screen 0.37310,0.64632 center front tc rgb '#000000'
set label 'soft_iou' at screen 0.42937,0.76244 center front tc rgb '#A06E00'
set label 'balanced_ce' at screen 0.18092,0.89128 center front tc rgb '#1F77AC'
set label 'focal' at screen 0.40818,0.69454 center front tc rgb '#007455'
set label 'recall' at screen 0.43475,0.82288 center front tc rgb '#B04E00'
plot 'published.dat' index 0 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'published.dat' index 2 using 1:2 with points pt 15 ps 2.8 lw 2.5 lc rgb '#E69F00', \
  'published.dat' index 4 using 1:2 with points pt 4 ps 2.8 lw 2.5 lc rgb '#56B4E9', \
  'published.dat' index 6 using 1:2 with points pt 9 ps 2.8 lw 2.5 lc rgb '#009E73', \
  'published.dat' index 8 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
unset label
set lmargin at screen 0.56875
set rmargin at screen 0.97500
set bmargin at screen 0.60223
set tmargin at screen 0.92490
set title 'ours: SYNTHIA (rendered stand-in), ResNet-18' offset 0,-0.3
set xlabel 'average IoU of the minority (%)' offset 0,0.2
set ylabel 'average accuracy of the minority (%)'
set xrange [6.1533:8.8733]
set yrange [10.9716:16.6487]
set arrow from 7.1848,14.5962 to 8.1686,12.6045 nohead back lw 5 lc rgb '#E8DDBB'
set label 'ce' at screen 0.88854,0.69504 center front tc rgb '#000000'
set label 'recall' at screen 0.75921,0.80824 center front tc rgb '#B04E00'
plot 'published.dat' index 11 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80000000', \
  'published.dat' index 11 using 1:2 with points pt 7 ps 1.1 lc rgb '#60000000', \
  'published.dat' index 13 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80D55E00', \
  'published.dat' index 13 using 1:2 with points pt 13 ps 1.1 lc rgb '#60D55E00', \
  'published.dat' index 10 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'published.dat' index 12 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
set lmargin at screen 0.06875
set rmargin at screen 0.47500
set bmargin at screen 0.18498
set tmargin at screen 0.50765
set title 'paper, Table III: Cityscapes, ResNet-18' offset 0,-0.3
set xlabel 'average IoU of the minority (%)' offset 0,0.2
set ylabel 'average accuracy of the minority (%)'
set xrange [24.9630:59.8470]
set yrange [60.2300:84.0300]
set arrow from 51.6300,graph 0 to 51.6300,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 63.3800 to graph 1,first 63.3800 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from 29.5800,80.8800 to 53.3600,75.0600 nohead back lw 5 lc rgb '#E8DDBB'
set arrow from 53.3600,75.0600 to 55.2300,67.6300 nohead back lw 5 lc rgb '#E8DDBB'
set label 'ce' at screen 0.44003,0.28531 center front tc rgb '#000000'
set label 'soft_iou' at screen 0.27250,0.29073 center front tc rgb '#A06E00'
set label 'balanced_ce' at screen 0.18092,0.46494 center front tc rgb '#1F77AC'
set label 'focal' at screen 0.40503,0.25214 center front tc rgb '#007455'
set label 'recall' at screen 0.43585,0.38604 center front tc rgb '#B04E00'
plot 'published.dat' index 14 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'published.dat' index 16 using 1:2 with points pt 15 ps 2.8 lw 2.5 lc rgb '#E69F00', \
  'published.dat' index 18 using 1:2 with points pt 4 ps 2.8 lw 2.5 lc rgb '#56B4E9', \
  'published.dat' index 20 using 1:2 with points pt 9 ps 2.8 lw 2.5 lc rgb '#009E73', \
  'published.dat' index 22 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
set lmargin at screen 0.56875
set rmargin at screen 0.97500
set bmargin at screen 0.18498
set tmargin at screen 0.50765
set title 'ours: Cityscapes (rendered stand-in), ResNet-18' offset 0,-0.3
set xlabel 'average IoU of the minority (%)' offset 0,0.2
set ylabel 'average accuracy of the minority (%)'
set xrange [0.0000:4.3630]
set yrange [0.0000:7.8797]
set label 'ce' at screen 0.68782,0.24339 center front tc rgb '#000000'
set label 'recall' at screen 0.91801,0.43350 center front tc rgb '#B04E00'
plot 'published.dat' index 25 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80000000', \
  'published.dat' index 25 using 1:2 with points pt 7 ps 1.1 lc rgb '#60000000', \
  'published.dat' index 27 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80D55E00', \
  'published.dat' index 27 using 1:2 with points pt 13 ps 1.1 lc rgb '#60D55E00', \
  'published.dat' index 24 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'published.dat' index 26 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
unset multiplot
unset output
}
